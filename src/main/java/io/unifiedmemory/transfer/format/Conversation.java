package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.util.Texts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as memories: its text with a line for each speaker, in as many parts as fit into one reply of a tool. Not
 * thread-safe.
 */
final class Conversation {

    /** Characters of a part; a longer message is a part of its own, or several. */
    private static final int MOST_CHARS = 32 * 1024;

    private static final int ID_CHARS = 8;

    private final String product;
    private final String id;
    private final String title;
    private final List<String> parts = new ArrayList<>();
    private StringBuilder part = new StringBuilder();
    private int messages;

    /**
     * A conversation without messages.
     *
     * @param product where it was held, which its key begins with
     * @param id unique in that product
     */
    Conversation(String product, String id, @Nullable String title) {
        this.product = product;
        this.id = id;
        this.title = title == null ? "conversation" : title;
    }

    void say(String speaker, String text) {
        String message = speaker + ": " + text.strip();
        messages++;
        int end;
        for (int from = 0; from < message.length(); from = end) {
            end = Texts.boundary(message, from + MOST_CHARS);
            String piece = message.substring(from, end);
            if (part.length() > 0 && part.length() + piece.length() > MOST_CHARS) {
                end();
            }
            part.append(part.length() == 0 ? "" : "\n\n").append(piece);
        }
    }

    private void end() {
        if (part.length() > 0) {
            parts.add(part.toString());
            part = new StringBuilder();
        }
    }

    boolean isEmpty() {
        return messages == 0;
    }

    /** The memories; each part after the first has its number in its key. */
    List<Item> items(String place, @Nullable Instant createdAt, @Nullable Instant updatedAt) {
        end();
        List<Item> items = new ArrayList<>();
        String key = product + "/" + title.replace('/', ' ').strip() + "/" + Texts.cut(id, ID_CHARS);
        for (int i = 0; i < parts.size(); i++) {
            Map<String, Object> metadata = new LinkedHashMap<>();
            metadata.put("source", product);
            metadata.put("conversation", id);
            metadata.put("title", title);
            metadata.put("messages", messages);
            if (parts.size() > 1) {
                metadata.put("part", i + 1);
                metadata.put("parts", parts.size());
            }
            items.add(new Item.Foreign(
                    place, null, i == 0 ? key : key + "/" + (i + 1), parts.get(i), metadata, createdAt, updatedAt));
        }
        return items;
    }
}
