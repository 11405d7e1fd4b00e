package io.unifiedmemory.tools;

import io.unifiedmemory.access.Principal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One call of a tool.
 *
 * @param arguments as the client sent them, not yet checked
 * @param meta the request's {@code _meta}, empty when there was none; holds what only another instance of this server
 *     sends, see {@link ReplicaMeta}
 * @param caller who calls, which bounds whose memories the call can be about
 * @param progress hears how far it is
 */
public record ToolCall(Map<String, Object> arguments, Map<String, Object> meta, Principal caller, Progress progress) {

    /** A call of which nobody wants to hear how far it is. */
    public ToolCall(Map<String, Object> arguments, Map<String, Object> meta, Principal caller) {
        this(arguments, meta, caller, Progress.NONE);
    }

    /** The same call with one argument set. */
    ToolCall with(String argument, Object value) {
        Map<String, Object> all = new LinkedHashMap<>(arguments);
        all.put(argument, value);
        return new ToolCall(all, meta, caller, progress);
    }
}
