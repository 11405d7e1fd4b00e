package io.unifiedmemory.http;

import io.unifiedmemory.http.guard.McpPaths;
import io.unifiedmemory.http.guard.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Answers every path that nothing else answers. */
@SuppressWarnings("serial") // A servlet is never serialized.
final class NotFound extends Endpoint {

    @Override
    void handle(HttpServletRequest request, HttpServletResponse response) throws RefusedException {
        throw new RefusedException(HttpServletResponse.SC_NOT_FOUND, "Not found: MCP is at " + McpPaths.STREAMABLE);
    }
}
