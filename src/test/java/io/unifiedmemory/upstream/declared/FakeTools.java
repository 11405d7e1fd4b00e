package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.AnsweredCall;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.Tools;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server in memory: tools that answer one call at a time. */
class FakeTools implements Tools {

    /** Every call, as {@code tool {arguments}}. */
    final List<String> calls = new ArrayList<>();

    private final Map<String, Function<Map<String, Object>, ToolReply>> tools = new LinkedHashMap<>();

    final FakeTools with(String tool, Function<Map<String, Object>, ToolReply> answer) {
        tools.put(tool, answer);
        return this;
    }

    @Override
    public final synchronized Call send(String tool, Map<String, Object> arguments, Map<String, Object> meta) {
        calls.add(tool + " " + Json.write(arguments));
        Function<Map<String, Object>, ToolReply> answer = tools.get(tool);
        return new AnsweredCall(answer == null ? error("Unknown tool: " + tool) : answer.apply(arguments));
    }

    final long callsOf(String tool) {
        return calls.stream().filter(call -> call.startsWith(tool + " ")).count();
    }

    static ToolReply prose(String text) {
        return new ToolReply(false, Map.of(), text, Map.of());
    }

    static ToolReply error(String text) {
        return new ToolReply(true, Map.of(), text, Map.of());
    }

    /** As most servers answer: JSON in a text. */
    static ToolReply json(Object value) {
        return prose(text(value));
    }

    /** As servers of FastMCP answer: the value in a field of its own, beside its text. */
    static ToolReply result(Object value) {
        Map<String, Object> structured = Map.of("result", value);
        return new ToolReply(false, structured, text(value), Map.of());
    }

    private static String text(Object value) {
        return value instanceof List<?> list
                ? "[" + String.join(",", list.stream().map(FakeTools::text).toList()) + "]"
                : value instanceof Map<?, ?> map
                        ? Json.write(ToolReply.object(map))
                        : Json.write(Map.of("value", value));
    }

    static String string(Map<String, Object> arguments, String name) {
        return String.valueOf(arguments.get(name));
    }

    static int number(Map<String, Object> arguments, String name, int absent) {
        return arguments.get(name) instanceof Number number ? number.intValue() : absent;
    }

    @SuppressWarnings("unchecked")
    static <T> List<T> list(Map<String, Object> arguments, String name) {
        return arguments.get(name) instanceof List<?> list ? (List<T>) list : List.of();
    }

    /** One page of what there is. */
    static <T> List<T> page(List<T> all, int offset, int size) {
        return Stream.of(all).flatMap(List::stream).skip(offset).limit(size).toList();
    }

    static @Nullable Object absent() {
        return null;
    }
}
