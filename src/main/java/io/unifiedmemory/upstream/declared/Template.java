package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call: JSON in which a text that begins with {@code =} is an expression, and everything else is
 * literal. Immutable.
 */
final class Template {

    private final Map<String, @Nullable Object> root;

    private Template(Map<String, @Nullable Object> root) {
        this.root = root;
    }

    /**
     * Compiles arguments as they were written.
     *
     * @throws IllegalArgumentException when an expression in it is none
     */
    static Template compile(Declaration arguments) {
        return new Template(compile(arguments.fields(), arguments.place()));
    }

    private static Map<String, @Nullable Object> compile(Map<?, ?> object, String place) {
        Map<String, @Nullable Object> compiled = new LinkedHashMap<>();
        object.forEach((name, each) -> compiled.put(String.valueOf(name), compile(each, place + "." + name)));
        return compiled;
    }

    private static @Nullable Object compile(@Nullable Object value, String place) {
        if (value instanceof String text && text.startsWith("=")) {
            return Expression.compile(text.substring(1), place);
        }
        if (value instanceof Map<?, ?> object) {
            return compile(object, place);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> compiled = new ArrayList<>();
            list.forEach(each -> compiled.add(compile(each, place + "[" + compiled.size() + "]")));
            return compiled;
        }
        return value;
    }

    /** The arguments of one call. What an expression has no value for is left out. */
    Map<String, Object> filled(Map<String, Object> variables) {
        return filled(root, variables, false);
    }

    /**
     * The arguments of a call that deletes something.
     *
     * @throws BackendException when an expression has no value: without that argument the call might delete more
     */
    Map<String, Object> filledWhole(Map<String, Object> variables) {
        return filled(root, variables, true);
    }

    private static Map<String, Object> filled(Map<?, ?> object, Map<String, Object> variables, boolean whole) {
        Map<String, Object> filled = new LinkedHashMap<>();
        object.forEach((name, each) -> {
            Object value = filled(each, variables, whole);
            if (value != null) {
                filled.put(String.valueOf(name), value);
            }
        });
        return filled;
    }

    private static @Nullable Object filled(@Nullable Object part, Map<String, Object> variables, boolean whole) {
        if (part instanceof Expression expression) {
            Object value = expression.valueOf(variables);
            if (whole && (value == null || value.equals("") || value.equals(List.of()))) {
                throw UpstreamFailures.broken(
                        "nothing was deleted there, because " + expression.place() + " has no value for it",
                        "a delete without that argument might delete more than one memory: correct the contract");
            }
            return value;
        }
        if (part instanceof Map<?, ?> object) {
            return filled(object, variables, whole);
        }
        if (part instanceof List<?> list) {
            List<Object> filled = new ArrayList<>();
            for (Object each : list) {
                Object value = filled(each, variables, whole);
                if (value != null) {
                    filled.add(value);
                }
            }
            return filled;
        }
        return part;
    }

    /** The names of the arguments, and of the fields of objects in listed ones as {@code argument.field}. */
    Set<String> arguments() {
        Set<String> names = new LinkedHashSet<>();
        root.forEach((name, value) -> {
            names.add(name);
            if (value instanceof List<?> list) {
                list.forEach(each -> {
                    if (each instanceof Map<?, ?> object) {
                        object.keySet().forEach(field -> names.add(name + "." + field));
                    }
                });
            }
        });
        return names;
    }

    /** Whether an expression in it names one of these variables. */
    boolean names(String... variables) {
        return names(root, variables);
    }

    private static boolean names(@Nullable Object part, String... variables) {
        if (part instanceof Expression expression) {
            return List.of(variables).stream().anyMatch(expression::names);
        }
        return part instanceof Map<?, ?> object
                ? object.values().stream().anyMatch(each -> names(each, variables))
                : part instanceof List<?> list && list.stream().anyMatch(each -> names(each, variables));
    }
}
