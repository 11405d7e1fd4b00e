/**
 * The tools over HTTP: Streamable HTTP at {@code /mcp} and, for older clients, server-sent events at {@code /sse}, in
 * an embedded servlet container. What makes it safe to open a port stands in front, in {@code http.guard}. The server
 * on stdio loads no class of these two packages.
 */
@NullMarked
package io.unifiedmemory.http;

import org.jspecify.annotations.NullMarked;
