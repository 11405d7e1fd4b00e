package io.unifiedmemory.upstream.contract;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Reads the input schema of a tool. Stateless. */
public final class ToolSchemas {

    private ToolSchemas() {}

    /** The names of a tool's arguments, and of the fields of objects in listed ones as {@code argument.field}. */
    public static Set<String> argumentsOf(Map<String, Object> schema) {
        Set<String> names = new LinkedHashSet<>();
        properties(schema).forEach((name, argument) -> {
            names.add(name);
            if (argument instanceof Map<?, ?> map && map.get("items") instanceof Map<?, ?> items) {
                properties(items).keySet().forEach(field -> names.add(name + "." + field));
            }
        });
        return names;
    }

    /** The names of the arguments without which a tool cannot be called. */
    public static Set<String> requiredOf(Map<String, Object> schema) {
        Set<String> names = new LinkedHashSet<>();
        if (schema.get("required") instanceof Iterable<?> required) {
            required.forEach(name -> names.add(String.valueOf(name)));
        }
        return names;
    }

    /** The largest number that a schema allows for an argument; {@code absent} where it gives no maximum. */
    public static int maximumOf(Map<String, Object> schema, String argument, int absent) {
        return properties(schema).get(argument) instanceof Map<?, ?> limits
                        && limits.get("maximum") instanceof Number maximum
                ? (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, maximum.longValue()))
                : absent;
    }

    private static Map<String, Object> properties(Map<?, ?> schema) {
        return schema.get("properties") instanceof Map<?, ?> properties ? ToolReply.object(properties) : Map.of();
    }
}
