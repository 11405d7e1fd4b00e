package io.unifiedmemory.transfer.format;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code conversations.json} of ChatGPT's data export: each conversation is a tree of messages in {@code mapping}, of
 * which {@code current_node} ends the branch that was shown last.
 */
final class ChatGptReader implements ItemReader {

    private static final String PRODUCT = "chatgpt";

    private final Source source;
    private final Times times;

    ChatGptReader(Source source, Times times) {
        this.source = source;
        this.times = times;
    }

    @Override
    public void read(Consumer<Item> items) throws IOException {
        JsonElements.read(source, new JsonElements.Listener() {
            @Override
            public void element(String field, String place, @Nullable Object value) {
                conversation(source.at(place), JsonFields.object(value), items);
            }

            @Override
            public void fault(String place, String reason) {
                items.accept(new Item.Unreadable(source.at(place), reason));
            }
        });
    }

    private void conversation(String place, Map<String, Object> value, Consumer<Item> items) {
        Map<String, Object> mapping = JsonFields.object(value.get("mapping"));
        String id = JsonFields.text(value, "conversation_id", "id");
        if (mapping.isEmpty() || id == null) {
            items.accept(new Item.Unreadable(place, "is no conversation: it has no \"mapping\", or no \"id\""));
            return;
        }
        Conversation conversation = new Conversation(PRODUCT, id, JsonFields.text(value, "title"));
        Deque<Map<String, Object>> shown = branch(mapping, JsonFields.text(value, "current_node"));
        for (Map<String, Object> message : shown) {
            say(conversation, message);
        }
        long others = mapping.values().stream()
                .map(node -> JsonFields.object(JsonFields.object(node).get("message")))
                .filter(message -> speaker(message) != null && !shown.contains(message))
                .count();
        if (others > 0) {
            items.accept(new Item.Remark(place, "has messages that were replaced later, which are left out"));
        }
        if (conversation.isEmpty()) {
            items.accept(new Item.Remark(place, "is a conversation without text, and left out"));
            return;
        }
        Instant created = times.read(value.get("create_time"), place, items);
        Instant updated = times.read(value.get("update_time"), place, items);
        conversation.items(place, created, updated).forEach(items);
    }

    /** The messages from the root to the node; to the last one of all where the file does not say which. */
    private static Deque<Map<String, Object>> branch(Map<String, Object> mapping, @Nullable String end) {
        Deque<Map<String, Object>> messages = new ArrayDeque<>();
        Set<String> passed = new HashSet<>();
        String last = null;
        for (String node : mapping.keySet()) {
            last = node;
        }
        String node = end != null && mapping.containsKey(end) ? end : last;
        while (node != null && passed.add(node)) {
            Map<String, Object> each = JsonFields.object(mapping.get(node));
            Map<String, Object> message = JsonFields.object(each.get("message"));
            if (!message.isEmpty()) {
                messages.addFirst(message);
            }
            node = each.get("parent") instanceof String parent ? parent : null;
        }
        return messages;
    }

    private static void say(Conversation conversation, Map<String, Object> message) {
        String speaker = speaker(message);
        String text = text(JsonFields.object(message.get("content")));
        if (speaker != null && !text.isBlank()) {
            conversation.say(speaker, text);
        }
    }

    /** Null for what nobody said: hidden messages, and those of tools and of the system. */
    private static @Nullable String speaker(Map<String, Object> message) {
        boolean hidden = Boolean.TRUE.equals(
                JsonFields.object(message.get("metadata")).get("is_visually_hidden_from_conversation"));
        Object role = JsonFields.object(message.get("author")).get("role");
        return hidden ? null : "user".equals(role) ? "User" : "assistant".equals(role) ? "Assistant" : null;
    }

    private static String text(Map<String, Object> content) {
        String whole = JsonFields.text(content, "text", "result");
        if (whole != null) {
            return whole;
        }
        return JsonFields.list(content.get("parts")).stream()
                .map(part -> part instanceof String text ? text : asset(JsonFields.object(part)))
                .filter(text -> !text.isBlank())
                .collect(Collectors.joining("\n"));
    }

    private static String asset(Map<String, Object> part) {
        String text = JsonFields.text(part, "text");
        return text != null ? text : part.containsKey("asset_pointer") ? "[a picture or file]" : "";
    }
}
