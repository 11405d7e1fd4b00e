package io.unifiedmemory.tools;

import java.util.Map;

/**
 * One thing that a client can ask for.
 *
 * @param name as clients call it
 * @param title for people
 * @param description tells a model when to use it
 * @param inputSchema JSON Schema of the arguments, in a fixed order of keys
 * @param outputSchema JSON Schema of the structured result, likewise
 * @param readOnly whether it changes nothing
 * @param destructive whether it may remove or replace what was stored
 * @param idempotent whether a second call with the same arguments changes nothing more
 * @param reach whose memories it is about; with {@code readOnly} it decides who may call it
 */
public record Tool(
        String name,
        String title,
        String description,
        Map<String, Object> inputSchema,
        Map<String, Object> outputSchema,
        boolean readOnly,
        boolean destructive,
        boolean idempotent,
        ToolScope reach,
        Handler handler) {

    /** Does the work of a tool; may be called from many threads. */
    @FunctionalInterface
    public interface Handler {
        ToolResult handle(ToolCall call);
    }
}
