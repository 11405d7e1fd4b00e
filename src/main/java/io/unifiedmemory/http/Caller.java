package io.unifiedmemory.http;

import io.modelcontextprotocol.common.McpTransportContext;
import io.unifiedmemory.mcp.MemoryServer;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request, as an authentication filter notes it in a request attribute. Of callers only this is expected: two
 * of the same principal are equal.
 */
final class Caller {

    /** The request attribute; absent when nobody was authenticated. */
    static final String ATTRIBUTE = MemoryServer.CALLER;

    private Caller() {}

    static @Nullable Object of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE);
    }

    /** Carries the caller through the SDK to the tool that is called. */
    static McpTransportContext context(HttpServletRequest request) {
        Object caller = of(request);
        return caller == null
                ? McpTransportContext.EMPTY
                : McpTransportContext.create(Map.of(MemoryServer.CALLER, caller));
    }
}
