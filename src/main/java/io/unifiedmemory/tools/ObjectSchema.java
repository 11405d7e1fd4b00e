package io.unifiedmemory.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON Schema of an object while its fields are named, in the order in which clients see them. A builder: use each
 * for one schema only.
 */
final class ObjectSchema {

    private final Map<String, Object> properties = new LinkedHashMap<>();
    private final List<String> required = new ArrayList<>();

    /** Adds a field that is always there. */
    ObjectSchema required(String name, Map<String, Object> schema) {
        required.add(name);
        return optional(name, schema);
    }

    /** Adds a field that may be absent. */
    ObjectSchema optional(String name, Map<String, Object> schema) {
        properties.put(name, schema);
        return this;
    }

    /** Adds the fields of another object behind those of this one. */
    ObjectSchema and(ObjectSchema other) {
        properties.putAll(other.properties);
        required.addAll(other.required);
        return this;
    }

    /** The schema of an object that has these fields and no others. */
    Map<String, Object> closed() {
        Map<String, Object> schema = open();
        schema.put("additionalProperties", false);
        return schema;
    }

    /** The schema of an object that may have other fields beside these. */
    Map<String, Object> open() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        return schema;
    }
}
