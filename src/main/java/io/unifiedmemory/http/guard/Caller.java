package io.unifiedmemory.http.guard;

import io.modelcontextprotocol.common.McpTransportContext;
import io.unifiedmemory.mcp.MemoryServer;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The authenticated caller behind a request, as an authentication filter notes it in a request attribute. Nothing else
 * is expected of a caller than that two of the same principal are equal.
 */
public final class Caller {

    /** The request attribute with the caller; absent when nobody was authenticated. */
    public static final String ATTRIBUTE = MemoryServer.CALLER;

    private Caller() {}

    /** The caller; null when nobody was authenticated. */
    public static @Nullable Object of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE);
    }

    /** Carries the caller through the SDK to the tool that is called. */
    public static McpTransportContext context(HttpServletRequest request) {
        Object caller = of(request);
        return caller == null
                ? McpTransportContext.EMPTY
                : McpTransportContext.create(Map.of(MemoryServer.CALLER, caller));
    }
}
