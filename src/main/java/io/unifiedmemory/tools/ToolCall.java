package io.unifiedmemory.tools;

import io.unifiedmemory.access.Principal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One call of a tool.
 *
 * @param arguments as the client sent them, not yet checked; for a tool's handler as {@link Intake} took them
 * @param meta the request's {@code _meta}, empty when there was none; holds what only another instance of this server
 *     sends, see {@link ReplicaMeta}
 * @param caller who calls, which bounds whose memories the call can be about
 * @param progress is told how far the call is
 * @param unknown names of arguments that the tool does not have; empty before {@link Intake} has looked
 */
public record ToolCall(
        Map<String, Object> arguments,
        Map<String, Object> meta,
        Principal caller,
        Progress progress,
        List<String> unknown) {

    /** A call as it came from a client. */
    public ToolCall(Map<String, Object> arguments, Map<String, Object> meta, Principal caller, Progress progress) {
        this(arguments, meta, caller, progress, List.of());
    }

    /** A call whose client did not ask for progress. */
    public ToolCall(Map<String, Object> arguments, Map<String, Object> meta, Principal caller) {
        this(arguments, meta, caller, Progress.NONE);
    }

    /** The same call with one argument set. */
    ToolCall with(String argument, Object value) {
        Map<String, Object> all = new LinkedHashMap<>(arguments);
        all.put(argument, value);
        return new ToolCall(all, meta, caller, progress, unknown);
    }
}
