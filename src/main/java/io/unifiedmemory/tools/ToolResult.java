package io.unifiedmemory.tools;

import io.unifiedmemory.memory.wire.ReplicaCodec;
import java.util.Map;

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
}
