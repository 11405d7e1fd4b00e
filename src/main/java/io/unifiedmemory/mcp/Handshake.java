package io.unifiedmemory.mcp;

import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** The parameters of {@code initialize}, which the SDK would refuse in the words of its JSON library. */
public final class Handshake {

    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

    private Handshake() {}

    /** What the client said of itself; null when that has not the form it needs. */
    public static @Nullable InitializeRequest parameters(JSONRPCRequest initialize) {
        try {
            return MemoryServer.JSON.convertValue(initialize.params(), InitializeRequest.class);
        } catch (IllegalArgumentException | JacksonException e) {
            LOG.debug("initialize with wrong parameters", e);
            return null;
        }
    }

    /** What to answer when they are wrong. */
    public static Map<String, Object> refusal(JSONRPCRequest initialize) {
        return JsonRpc.error(
                initialize.id(),
                McpSchema.ErrorCodes.INVALID_PARAMS,
                "initialize needs protocolVersion, capabilities and clientInfo with name and version");
    }
}
