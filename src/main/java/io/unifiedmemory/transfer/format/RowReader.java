package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.util.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Makes memories of the rows of a table, or of objects that are like rows, by {@link Columns}. Immutable. */
record RowReader(Columns columns, Times times) {

    /** What is not the text of a memory and not worth keeping: numbers for the machine. */
    private static final Set<String> WITHOUT_MEANING = Set.of("embedding", "embedding_model", "vector");

    /** Hands over what a row says. */
    void read(String place, Map<String, ? extends @Nullable Object> row, Consumer<Item> items) {
        String key = text(row.get(columns.key()));
        String value = text(row.get(columns.value()));
        if (key == null || key.isBlank()) {
            items.accept(new Item.Unreadable(place, "has no key in " + columns.key()));
        } else if (value == null) {
            items.accept(new Item.Unreadable(place, "has no text in " + columns.value() + ", or a very long one"));
        } else {
            items.accept(new Item.Foreign(
                    place,
                    user(row),
                    key,
                    value,
                    metadata(place, row, items),
                    time(row, columns.created(), place, items),
                    time(row, columns.updated(), place, items)));
        }
    }

    private @Nullable String user(Map<String, ? extends @Nullable Object> row) {
        String user = columns.user() == null ? null : text(row.get(columns.user()));
        return user == null || user.isBlank() ? null : user;
    }

    private @Nullable Instant time(
            Map<String, ? extends @Nullable Object> row, @Nullable String column, String place, Consumer<Item> items) {
        return column == null ? null : times.read(row.get(column), place, items);
    }

    private Map<String, Object> metadata(
            String place, Map<String, ? extends @Nullable Object> row, Consumer<Item> items) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        row.forEach((column, value) -> {
            if (columns.isUsed(column) || WITHOUT_MEANING.contains(column)) {
                return;
            }
            if (value instanceof byte[]) {
                items.accept(new Item.Remark(place, "has bytes in " + column + ", which are left out"));
            } else if (column.equalsIgnoreCase("metadata")) {
                Object inner = json(value);
                JsonFields.object(inner).forEach((name, each) -> JsonFields.put(metadata, name, each));
                if (!(inner instanceof Map) && value != null) {
                    JsonFields.put(metadata, column, value);
                }
            } else if (column.equalsIgnoreCase("tags")) {
                JsonFields.put(metadata, "tags", tags(value));
            } else {
                JsonFields.put(metadata, column, value);
            }
        });
        return metadata;
    }

    /** A list as it is, as JSON, or as a text with commas. */
    static List<?> tags(@Nullable Object value) {
        Object inner = json(value);
        if (inner instanceof List<?> list) {
            return list;
        }
        List<String> tags = new ArrayList<>();
        if (value instanceof String text) {
            for (String tag : text.split(",", -1)) {
                if (!tag.isBlank()) {
                    tags.add(tag.strip());
                }
            }
        }
        return tags;
    }

    /** What a text says as JSON; the value itself where it is no text or no JSON. */
    static @Nullable Object json(@Nullable Object value) {
        if (!(value instanceof String text) || (!text.startsWith("{") && !text.startsWith("["))) {
            return value;
        }
        try {
            return Json.parse(text);
        } catch (JacksonException e) {
            return value;
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null || value instanceof byte[] ? null : String.valueOf(value);
    }
}
