package io.unifiedmemory.tools;

import java.util.Map;

/**
 * One call of a tool.
 *
 * @param arguments as the client sent them, not yet checked
 * @param meta the request's {@code _meta}, empty when there was none; holds what only another instance of this server
 *     sends, see {@link ReplicaMeta}
 */
public record ToolCall(Map<String, Object> arguments, Map<String, Object> meta) {}
