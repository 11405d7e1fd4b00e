package io.unifiedmemory.tools;

import java.util.Map;

/**
 * One call of a tool.
 *
 * @param arguments as the client sent them, not yet checked
 * @param meta the request's {@code _meta}, empty when there was none; holds what only another instance of this server
 *     sends, see {@link ReplicaMeta}
 * @param progress hears how far it is
 */
public record ToolCall(Map<String, Object> arguments, Map<String, Object> meta, Progress progress) {

    /** A call of which nobody wants to hear how far it is. */
    public ToolCall(Map<String, Object> arguments, Map<String, Object> meta) {
        this(arguments, meta, Progress.NONE);
    }
}
