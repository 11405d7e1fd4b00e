package io.unifiedmemory.tools;

import io.unifiedmemory.memory.wire.ReplicaCodec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a tool answers.
 *
 * @param structured the result as JSON values, in a fixed order of keys
 * @param text the result for a model to read; null where its JSON is short enough
 * @param meta the result's {@code _meta}, empty unless the call asked for it, see {@link ReplicaCodec}
 */
public record ToolResult(
        Map<String, Object> structured, @Nullable String text, Map<String, Object> meta) {

    ToolResult(Map<String, Object> structured) {
        this(structured, null, Map.of());
    }

    /** A result with the detail that another instance of this server asks for, and every other caller does without. */
    static ToolResult answering(ToolCall call, Map<String, Object> structured, Supplier<Map<String, Object>> detail) {
        return call.isOfReplica() ? new ToolResult(structured, null, detail.get()) : new ToolResult(structured);
    }

    /** The same result with another text. */
    ToolResult withText(@Nullable String other) {
        return new ToolResult(structured, other, meta);
    }

    /** The same result with one field more or another value of it; a text does not change. */
    ToolResult with(String field, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(structured);
        more.put(field, value);
        return new ToolResult(more, text, meta);
    }
}
