/**
 * The tools over HTTP: Streamable HTTP at {@code /mcp} and, for older clients, server-sent events at {@code /sse}, in
 * an embedded servlet container, with the rules of the MCP specification that make it safe to open a port. Nothing of
 * it is loaded by the server on stdio.
 */
@NullMarked
package io.unifiedmemory.http;

import org.jspecify.annotations.NullMarked;
