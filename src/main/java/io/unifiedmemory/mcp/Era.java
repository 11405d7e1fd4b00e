package io.unifiedmemory.mcp;

import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the two eras of the protocol apart, request by request. Up to 2025-11-25 a client opens a session with {@code
 * initialize} and agrees on a revision there; from 2026-07-28 on every request names its revision itself and stands
 * alone. Stateless.
 */
public final class Era {

    /** The key in a request's {@code _meta} that names its revision. */
    public static final String REVISION = "io.modelcontextprotocol/protocolVersion";

    /** The revisions that begin with a handshake, the newest first. */
    public static final List<String> OF_HANDSHAKE = List.of(
            ProtocolVersions.MCP_2025_11_25,
            ProtocolVersions.MCP_2025_06_18,
            ProtocolVersions.MCP_2025_03_26,
            ProtocolVersions.MCP_2024_11_05);

    private Era() {}

    /**
     * Whether a request stands alone: it names a revision without a handshake, or asks for something that only those
     * have.
     */
    public static boolean isStateless(JSONRPCRequest request) {
        String method = request.method();
        return isStateless(revision(request))
                || method.equals("server/discover")
                || method.equals("subscriptions/listen");
    }

    /** Whether a revision, however it was named, is none that begins with a handshake; false for none at all. */
    public static boolean isStateless(@Nullable Object revision) {
        return revision != null && !OF_HANDSHAKE.contains(revision);
    }

    /** Whether a request opens a session, which no other revision's request does. */
    public static boolean isHandshake(JSONRPCRequest request) {
        return request.method().equals(McpSchema.METHOD_INITIALIZE) && !isStateless(revision(request));
    }

    /** The revision that a request names, as it was sent; null for none. */
    public static @Nullable Object revision(JSONRPCRequest request) {
        return request.params() instanceof Map<?, ?> params && params.get("_meta") instanceof Map<?, ?> meta
                ? meta.get(REVISION)
                : null;
    }
}
