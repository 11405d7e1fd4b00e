package io.unifiedmemory.tools;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes JSON Schemas (2020-12) with a fixed order of keys. A field whose name ends in {@code ?} is optional.
 */
final class Schema {

    private Schema() {}

    /** The field of a result that names the arguments which had no effect. */
    static final String IGNORED = "ignored_arguments";

    /** The arguments of a tool, as name, schema, name, schema, ...; a client may send others beside them. */
    static Map<String, Object> input(Object... fields) {
        Map<String, Object> schema = object(fields);
        schema.remove("additionalProperties");
        return schema;
    }

    /** The result of a tool, likewise. */
    static Map<String, Object> result(Object... fields) {
        Object[] all = Arrays.copyOf(fields, fields.length + 2);
        all[fields.length] = IGNORED + "?";
        all[fields.length + 1] =
                arrayOf(string(""), "What was sent beside the arguments of this tool and had no effect");
        return object(all);
    }

    /** An object with exactly these fields, as name, schema, name, schema, ... */
    static Map<String, Object> object(Object... fields) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            String name = (String) fields[i];
            boolean optional = name.endsWith("?");
            String plain = optional ? name.substring(0, name.length() - 1) : name;
            properties.put(plain, fields[i + 1]);
            if (!optional) {
                required.add(plain);
            }
        }
        Map<String, Object> schema = of("object", "");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    /** An object with any field names, each of one schema. */
    static Map<String, Object> mapOf(Map<String, Object> valueSchema, String description) {
        Map<String, Object> schema = of("object", description);
        schema.put("additionalProperties", valueSchema);
        return schema;
    }

    static Map<String, Object> anyObject(String description) {
        return of("object", description);
    }

    static Map<String, Object> arrayOf(Map<String, Object> itemSchema, String description) {
        Map<String, Object> schema = of("array", description);
        schema.put("items", itemSchema);
        return schema;
    }

    static Map<String, Object> string(String description) {
        return of("string", description);
    }

    static Map<String, Object> text(int minLength, int maxLength, String description) {
        Map<String, Object> schema = of("string", description);
        schema.put("minLength", minLength);
        schema.put("maxLength", maxLength);
        return schema;
    }

    static Map<String, Object> oneOf(List<String> values, String description) {
        Map<String, Object> schema = of("string", description);
        schema.put("enum", values);
        return schema;
    }

    static Map<String, Object> integer(int minimum, String description) {
        Map<String, Object> schema = of("integer", description);
        schema.put("minimum", minimum);
        return schema;
    }

    static Map<String, Object> integer(int minimum, int maximum, String description) {
        Map<String, Object> schema = integer(minimum, description);
        schema.put("maximum", maximum);
        return schema;
    }

    static Map<String, Object> withDefault(Map<String, Object> schema, Object value) {
        schema.put("default", value);
        return schema;
    }

    static Map<String, Object> number(String description) {
        return of("number", description);
    }

    static Map<String, Object> bool(String description) {
        return of("boolean", description);
    }

    private static Map<String, Object> of(String type, String description) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        if (!description.isEmpty()) {
            schema.put("description", description);
        }
        return schema;
    }
}
