package io.unifiedmemory.mcp;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** Checks the parameters of {@code initialize}, which the SDK would refuse with a message of its JSON library. */
public final class Handshake {

    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

    private static final TypeRef<InitializeRequest> REQUEST = new TypeRef<>() {};

    private Handshake() {}

    /** Reads what the client says of itself; null when the parameters are malformed. */
    public static @Nullable InitializeRequest parameters(JSONRPCRequest initialize) {
        try {
            return MemoryServer.JSON.convertValue(initialize.params(), REQUEST);
        } catch (IllegalArgumentException | JacksonException e) {
            LOG.debug("initialize with wrong parameters", e);
            return null;
        }
    }

    /** Whether a client shows pages beside the results of tools. */
    public static boolean showsApps(InitializeRequest client) {
        Object extensions = client.capabilities().extensions();
        return extensions != null && Apps.areShownBy(extensions);
    }

    /** The error reply for malformed parameters. */
    public static Map<String, Object> refusal(JSONRPCRequest initialize) {
        return JsonRpc.error(
                initialize.id(),
                McpSchema.ErrorCodes.INVALID_PARAMS,
                "initialize needs protocolVersion, capabilities and clientInfo with name and version");
    }
}
