package io.unifiedmemory.tools;

import io.unifiedmemory.memory.wire.ReplicaCodec;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a tool answers.
 *
 * @param structured the result as JSON values, in a fixed order of keys
 * @param meta the result's {@code _meta}, empty unless the call asked for it, see {@link ReplicaCodec}
 */
public record ToolResult(Map<String, Object> structured, Map<String, Object> meta) {

    ToolResult(Map<String, Object> structured) {
        this(structured, Map.of());
    }

    /** A result with the detail that another instance of this server asks for, and every other caller does without. */
    static ToolResult answering(ToolCall call, Map<String, Object> structured, Supplier<Map<String, Object>> detail) {
        return call.isOfReplica() ? new ToolResult(structured, detail.get()) : new ToolResult(structured);
    }
}
