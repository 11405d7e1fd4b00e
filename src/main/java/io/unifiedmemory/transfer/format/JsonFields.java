package io.unifiedmemory.transfer.format;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fields of JSON objects whose types nobody guarantees. Stateless. */
final class JsonFields {

    private JsonFields() {}

    /** A value as an object; empty when it is none. */
    static Map<String, Object> object(@Nullable Object value) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> object.put(String.valueOf(name), member));
        }
        return object;
    }

    /** A value as a list; empty when it is none. */
    static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** The text of the first of these fields that is one and is not blank; null when none is. */
    static @Nullable String text(Map<String, Object> object, String... fields) {
        for (String field : fields) {
            if (object.get(field) instanceof String text && !text.isBlank()) {
                return text;
            }
        }
        return null;
    }

    /** Puts a value that says something. */
    static void put(Map<String, Object> metadata, String name, @Nullable Object value) {
        boolean empty = value == null
                || value.equals("")
                || (value instanceof List<?> list && list.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty());
        if (!empty) {
            metadata.put(name, value);
        }
    }
}
