package io.unifiedmemory.upstream;

import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.unifiedmemory.upstream.contract.ToolSchemas;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tools that a server offers, as far as they tell what kind of server it is. Immutable. */
final class OfferedTools {

    private final Map<String, Set<String>> arguments = new TreeMap<>();
    private final Map<String, Set<String>> required = new TreeMap<>();

    OfferedTools(Collection<Tool> tools) {
        tools.forEach(tool -> {
            arguments.put(tool.name(), ToolSchemas.argumentsOf(tool.inputSchema()));
            required.put(tool.name(), ToolSchemas.requiredOf(tool.inputSchema()));
        });
    }

    Set<String> names() {
        return arguments.keySet();
    }

    /** What is not offered of these tools with these arguments: {@code tool} or {@code tool(argument)}. */
    Set<String> missing(Map<String, Set<String>> wanted) {
        return missing(wanted, false);
    }

    /** Likewise, where any field may be in listed objects of which a schema says no more than that they are objects. */
    Set<String> missingAsDescribed(Map<String, Set<String>> wanted) {
        return missing(wanted, true);
    }

    private Set<String> missing(Map<String, Set<String>> wanted, boolean asDescribed) {
        Set<String> missing = new TreeSet<>();
        wanted.forEach((tool, names) -> {
            Set<String> known = arguments.get(tool);
            if (known == null) {
                missing.add(tool);
            } else {
                names.stream()
                        .filter(name -> !known.contains(name) && (!asDescribed || isDescribed(name, known)))
                        .forEach(name -> missing.add(tool + "(" + name + ")"));
            }
        });
        return missing;
    }

    private static boolean isDescribed(String name, Set<String> known) {
        int dot = name.indexOf('.');
        return dot < 0
                || !known.contains(name.substring(0, dot))
                || known.stream().anyMatch(one -> one.startsWith(name.substring(0, dot + 1)));
    }

    /** What a tool requires that a call does not send, as {@code tool(argument)}. */
    Set<String> unsent(String tool, Set<String> sent) {
        Set<String> unsent = new TreeSet<>();
        required.getOrDefault(tool, Set.of()).stream()
                .filter(name -> !sent.contains(name))
                .forEach(name -> unsent.add(tool + "(" + name + ")"));
        return unsent;
    }

    /** Whether a tool, or {@code tool.argument}, is offered. */
    boolean has(String name) {
        int dot = name.indexOf('.');
        return dot < 0
                ? arguments.containsKey(name)
                : arguments.getOrDefault(name.substring(0, dot), Set.of()).contains(name.substring(dot + 1));
    }
}
