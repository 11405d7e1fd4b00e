package io.unifiedmemory.transfer.format;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Claude's data export has: {@code conversations.json}, {@code memories.json} and {@code projects.json} (or a file for
 * each project). Fields: portable-ai-memory.org/providers/anthropic, and {@code claude_conversations_importer.py} and {@code
 * claude_projects_importer.py} in basic-memory.
 */
final class ClaudeReader implements ItemReader {

    private static final String PRODUCT = "claude";

    private final Source source;
    private final boolean single;
    private final Times times;

    /** @param shape tells whether the file is one conversation, one memory or one project by itself */
    ClaudeReader(Source source, JsonShape shape, Times times) {
        this.source = source;
        this.single = isObject(shape);
        this.times = times;
    }

    /** Whether a file of this shape is of the export. */
    static boolean is(JsonShape shape) {
        return isObject(shape)
                || shape.hasElementWith("chat_messages", "conversations_memory", "project_memories", "prompt_template");
    }

    private static boolean isObject(JsonShape shape) {
        return shape.has("chat_messages")
                || shape.has("conversations_memory")
                || shape.has("project_memories")
                || shape.has("prompt_template");
    }

    @Override
    public void read(Consumer<Item> items) throws IOException {
        JsonElements.Listener listener = new JsonElements.Listener() {
            @Override
            public void element(String field, String place, @Nullable Object value) {
                object(source.at(place), JsonFields.object(value), items);
            }

            @Override
            public void fault(String place, String reason) {
                items.accept(new Item.Unreadable(source.at(place), reason));
            }
        };
        if (single) {
            JsonElements.readWhole(source, listener);
        } else {
            JsonElements.read(source, listener);
        }
    }

    private void object(String place, Map<String, Object> value, Consumer<Item> items) {
        if (value.containsKey("chat_messages")) {
            conversation(place, value, items);
        } else if (value.containsKey("conversations_memory") || value.containsKey("project_memories")) {
            memory(place, value, items);
        } else if (value.containsKey("prompt_template") || value.containsKey("docs")) {
            project(place, value, items);
        } else {
            items.accept(new Item.Unreadable(place, "is no conversation, no memory and no project"));
        }
    }

    private void conversation(String place, Map<String, Object> value, Consumer<Item> items) {
        String id = JsonFields.text(value, "uuid");
        if (id == null) {
            items.accept(new Item.Unreadable(place, "has no \"uuid\""));
            return;
        }
        Conversation conversation = new Conversation(PRODUCT, id, JsonFields.text(value, "name"));
        for (Object each : JsonFields.list(value.get("chat_messages"))) {
            Map<String, Object> message = JsonFields.object(each);
            String text = text(message);
            if (!text.isBlank()) {
                conversation.say("human".equals(message.get("sender")) ? "User" : "Assistant", text);
            }
        }
        if (conversation.isEmpty()) {
            items.accept(new Item.Remark(place, "is a conversation without text, and left out"));
            return;
        }
        conversation
                .items(place, created(place, value, items), updated(place, value, items))
                .forEach(items);
    }

    /** What was said, and what was read out of attached files. */
    private static String text(Map<String, Object> message) {
        String blocks = JsonFields.list(message.get("content")).stream()
                .map(block -> JsonFields.text(JsonFields.object(block), "text"))
                .filter(text -> text != null)
                .collect(Collectors.joining("\n"));
        StringBuilder text = new StringBuilder(blocks);
        String plain = JsonFields.text(message, "text");
        if (blocks.isBlank() && plain != null) {
            text.append(plain);
        }
        for (Object each : JsonFields.list(message.get("attachments"))) {
            Map<String, Object> attachment = JsonFields.object(each);
            String content = JsonFields.text(attachment, "extracted_content");
            if (content != null) {
                text.append("\n\n[")
                        .append(attachment.get("file_name"))
                        .append("]\n")
                        .append(content);
            }
        }
        return text.toString();
    }

    private void memory(String place, Map<String, Object> value, Consumer<Item> items) {
        String conversations = JsonFields.text(value, "conversations_memory");
        if (conversations != null) {
            items.accept(foreign(place, "memory", conversations, Map.of(), value, items));
        }
        Map<String, Object> projects = new LinkedHashMap<>(JsonFields.object(value.get("project_memories")));
        for (Object each : JsonFields.list(value.get("project_memories"))) {
            Map<String, Object> project = JsonFields.object(each);
            String id = JsonFields.text(project, "project_uuid", "uuid");
            projects.put(String.valueOf(id), JsonFields.text(project, "memory", "content"));
        }
        projects.forEach((id, text) -> {
            if (text instanceof String said && !said.isBlank()) {
                items.accept(foreign(place, "project memory/" + id, said, Map.of("project", id), value, items));
            } else {
                items.accept(new Item.Unreadable(place, "has no text in the memory of project " + id));
            }
        });
    }

    private void project(String place, Map<String, Object> value, Consumer<Item> items) {
        String name = JsonFields.text(value, "name", "uuid");
        String project = "project " + (name == null ? "" : name.replace('/', ' '));
        for (String field : new String[] {"description", "prompt_template"}) {
            String text = JsonFields.text(value, field);
            if (text != null) {
                String key = project + "/" + (field.equals("description") ? field : "instructions");
                items.accept(foreign(place, key, text, Map.of("project", String.valueOf(name)), value, items));
            }
        }
        for (Object each : JsonFields.list(value.get("docs"))) {
            Map<String, Object> doc = JsonFields.object(each);
            String content = JsonFields.text(doc, "content");
            String file = JsonFields.text(doc, "filename", "uuid");
            if (content == null || file == null) {
                items.accept(new Item.Unreadable(place, "has a document without name or content"));
            } else {
                Map<String, Object> dated = new LinkedHashMap<>(value);
                JsonFields.put(dated, "created_at", doc.get("created_at"));
                items.accept(foreign(
                        place, project + "/" + file, content, Map.of("project", String.valueOf(name)), dated, items));
            }
        }
    }

    private Item foreign(
            String place,
            String key,
            String text,
            Map<String, Object> more,
            Map<String, Object> value,
            Consumer<Item> items) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("source", PRODUCT);
        metadata.putAll(more);
        return new Item.Foreign(
                place,
                null,
                PRODUCT + "/" + key,
                text,
                metadata,
                created(place, value, items),
                updated(place, value, items));
    }

    private @Nullable Instant created(String place, Map<String, Object> value, Consumer<Item> items) {
        return times.read(value.get("created_at"), place, items);
    }

    private @Nullable Instant updated(String place, Map<String, Object> value, Consumer<Item> items) {
        return times.read(value.get("updated_at"), place, items);
    }
}
