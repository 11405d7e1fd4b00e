package io.unifiedmemory.tools;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes JSON Schemas (2020-12) with a fixed order of keys. An empty description is left out. Stateless. */
final class Schema {

    private Schema() {}

    /** An object whose fields are named one by one. */
    static ObjectSchema object() {
        return new ObjectSchema();
    }

    /** An object of any form. */
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

    /** A string that is not empty and has at most so many characters; a client need not be told the former. */
    static Map<String, Object> text(int maxLength, String description) {
        Map<String, Object> schema = of("string", description);
        schema.put("maxLength", maxLength);
        return schema;
    }

    static Map<String, Object> oneOf(List<String> values, String description) {
        Map<String, Object> schema = of("string", description);
        schema.put("enum", values);
        return schema;
    }

    static Map<String, Object> integer(String description) {
        return of("integer", description);
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

    /** Adds to a schema the value that holds when the field is left out. */
    static Map<String, Object> withDefault(Map<String, Object> schema, Object value) {
        schema.put("default", value);
        return schema;
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
