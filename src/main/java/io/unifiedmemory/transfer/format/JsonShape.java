package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.util.Json;
import java.io.ByteArrayInputStream;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What the beginning of a JSON file says of its kind. Immutable.
 *
 * @param fields the names of the fields of the first object, with their texts where they are texts and otherwise empty
 * @param arrays the fields of that object that are arrays of objects, with the names of the fields of the first element;
 *     the name is empty where the file is an array
 */
record JsonShape(Map<String, String> fields, Map<String, Set<String>> arrays) {

    /** The shape of what begins like this; without fields when it is no JSON. */
    static JsonShape of(byte[] head) {
        Map<String, String> fields = new HashMap<>();
        Map<String, Set<String>> arrays = new HashMap<>();
        try (JsonParser parser = Json.parser(new ByteArrayInputStream(head))) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_ARRAY) {
                element(parser, "", arrays);
            } else if (first == JsonToken.START_OBJECT) {
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    fields.put(name, "");
                    JsonToken value = parser.nextToken();
                    if (value == JsonToken.START_ARRAY) {
                        element(parser, name, arrays);
                    } else if (value == JsonToken.VALUE_STRING) {
                        fields.put(name, parser.getString());
                    } else {
                        parser.skipChildren();
                    }
                }
            }
        } catch (JacksonException e) {
            // The head ends somewhere within the file; what was seen until then counts.
            return new JsonShape(fields, arrays);
        }
        return new JsonShape(fields, arrays);
    }

    private static void element(JsonParser parser, String array, Map<String, Set<String>> arrays) {
        Set<String> names = new LinkedHashSet<>();
        arrays.put(array, names);
        int depth = 1;
        boolean first = true;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                depth++;
            } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
                depth--;
                first &= depth != 1;
            } else if (token == JsonToken.PROPERTY_NAME && depth == 2 && first) {
                names.add(parser.currentName());
            } else if (token == null) {
                return;
            }
        }
    }

    /** Whether the elements of any array have one of these fields. */
    boolean hasElementWith(String... names) {
        return arrays.values().stream().anyMatch(fieldsOfElement -> {
            for (String name : names) {
                if (fieldsOfElement.contains(name)) {
                    return true;
                }
            }
            return false;
        });
    }

    boolean has(String field) {
        return fields.containsKey(field);
    }

    boolean isNothing() {
        return fields.isEmpty() && arrays.isEmpty();
    }
}
