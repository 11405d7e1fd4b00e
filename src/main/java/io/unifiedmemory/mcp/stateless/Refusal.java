package io.unifiedmemory.mcp.stateless;

import io.modelcontextprotocol.spec.McpSchema;
import io.unifiedmemory.mcp.JsonRpc;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that is answered with an error of JSON-RPC; the message is shown to the client. */
public final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private static final int HEADER_MISMATCH = -32020;
    private static final int MISSING_CAPABILITY = -32021;
    private static final int UNSUPPORTED_REVISION = -32022;

    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    private final int code;
    private final int httpStatus;
    private final transient Map<String, Object> data;

    private Refusal(int code, int httpStatus, String message, Map<String, Object> data) {
        super(message);
        this.code = code;
        this.httpStatus = httpStatus;
        this.data = data;
    }

    /** The request lacks what every request of this revision must carry. */
    static Refusal malformed(String message) {
        return new Refusal(McpSchema.ErrorCodes.INVALID_PARAMS, BAD_REQUEST, message, Map.of());
    }

    /** A parameter is not what the method takes, or names something that does not exist. */
    public static Refusal invalid(String message) {
        return new Refusal(McpSchema.ErrorCodes.INVALID_PARAMS, OK, message, Map.of());
    }

    /** There is no such resource for this caller. */
    public static Refusal notFound(@Nullable String message, String uri) {
        return new Refusal(McpSchema.ErrorCodes.INVALID_PARAMS, OK, String.valueOf(message), Map.of("uri", uri));
    }

    /** It could not be done, which is no fault of the request. */
    static Refusal failed(String message) {
        return new Refusal(McpSchema.ErrorCodes.INTERNAL_ERROR, OK, message, Map.of());
    }

    /** An error with a code that another layer has chosen. */
    public static Refusal of(int code, String message) {
        return new Refusal(code, OK, message, Map.of());
    }

    /** This server does not have the method. */
    static Refusal unknownMethod(String method) {
        return new Refusal(JsonRpc.METHOD_NOT_FOUND, NOT_FOUND, "Method not found: " + method, Map.of());
    }

    /** A header of HTTP says something else than the message, or is missing. */
    public static Refusal headerMismatch(String message) {
        return new Refusal(HEADER_MISMATCH, BAD_REQUEST, "Header mismatch: " + message, Map.of());
    }

    /**
     * The request can only be done with the help of its client, which does not offer it.
     *
     * @param required the capabilities that are missing, in the form in which a client declares them
     */
    public static Refusal missingCapability(String message, Map<String, Object> required) {
        return new Refusal(MISSING_CAPABILITY, BAD_REQUEST, message, Map.of("requiredCapabilities", required));
    }

    /** The server does not speak the revision. */
    static Refusal unsupportedRevision(Object requested, List<String> supported) {
        return new Refusal(
                UNSUPPORTED_REVISION,
                BAD_REQUEST,
                "Unsupported protocol version; supported are " + String.join(", ", supported),
                Map.of("supported", supported, "requested", requested));
    }

    /** The status with which HTTP carries this error. */
    public int httpStatus() {
        return httpStatus;
    }

    /** The reply to the request of this id. */
    public Map<String, Object> reply(@Nullable Object id) {
        Map<String, Object> reply = JsonRpc.error(id, code, String.valueOf(getMessage()));
        if (!data.isEmpty() && reply.get("error") instanceof Map<?, ?> error) {
            Map<String, Object> whole = new LinkedHashMap<>();
            error.forEach((name, value) -> whole.put(String.valueOf(name), value));
            whole.put("data", data);
            reply.put("error", whole);
        }
        return reply;
    }
}
