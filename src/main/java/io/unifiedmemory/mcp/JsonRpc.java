package io.unifiedmemory.mcp;

import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.unifiedmemory.memory.util.Json;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Reads JSON-RPC 2.0 messages as MCP restricts them: one object per message, no batches, and an id is a string or a
 * whole number. A violation becomes the error reply that the specification asks for.
 */
public final class JsonRpc {

    public static final int PARSE_ERROR = McpSchema.ErrorCodes.PARSE_ERROR;
    public static final int INVALID_REQUEST = McpSchema.ErrorCodes.INVALID_REQUEST;
    public static final int METHOD_NOT_FOUND = McpSchema.ErrorCodes.METHOD_NOT_FOUND;

    private static final Logger LOG = LoggerFactory.getLogger(JsonRpc.class);

    private JsonRpc() {}

    /** Thrown for a text that is not a message; carries the reply. */
    public static final class BadMessageException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int code;
        private final transient @Nullable Object id;

        BadMessageException(int code, @Nullable Object id, String message) {
            super(message);
            this.code = code;
            this.id = id;
        }

        /** The reply to send. */
        public Map<String, Object> reply() {
            return error(id, code, String.valueOf(getMessage()));
        }
    }

    /** An error reply, without an id when the request's id cannot be read. */
    public static Map<String, Object> error(@Nullable Object id, int code, String message) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", code);
        error.put("message", message);
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("jsonrpc", McpSchema.JSONRPC_VERSION);
        if (id != null) {
            reply.put("id", id);
        }
        reply.put("error", error);
        return reply;
    }

    /** A successful reply. */
    public static Map<String, Object> result(Object id, Object result) {
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("jsonrpc", McpSchema.JSONRPC_VERSION);
        reply.put("id", id);
        reply.put("result", result);
        return reply;
    }

    /** A message as JSON in UTF-8; a message that cannot be written becomes an error reply to {@code id}. */
    public static byte[] bytes(@Nullable Object id, Object message) {
        try {
            return Json.writeBytes(PlainJson.of(message));
        } catch (JacksonException e) {
            LOG.error("a message cannot be written as JSON", e);
            return Json.writeBytes(
                    error(id, McpSchema.ErrorCodes.INTERNAL_ERROR, "the reply cannot be written as JSON: see the log"));
        }
    }

    /**
     * Reads one message.
     *
     * @throws BadMessageException when the text is not a message
     */
    public static JSONRPCMessage parse(byte[] line) throws BadMessageException {
        Object json;
        try {
            json = Json.parseMessage(line);
        } catch (StreamConstraintsException e) {
            throw new BadMessageException(
                    PARSE_ERROR,
                    null,
                    "Parse error: the message has more than " + Json.MAX_MESSAGE_TOKENS
                            + " parts, is nested too deeply, or has too long a number or name");
        } catch (JacksonException e) {
            throw new BadMessageException(
                    PARSE_ERROR, idBesideHalfCharacters(line), "Parse error: " + e.getOriginalMessage());
        }
        if (!(json instanceof Map<?, ?> message)) {
            throw new BadMessageException(
                    INVALID_REQUEST,
                    null,
                    json instanceof Iterable
                            ? "Invalid request: batches are not supported, send one message at a time"
                            : "Invalid request: a message must be a JSON object");
        }
        Object id = validId(message);
        if (!McpSchema.JSONRPC_VERSION.equals(message.get("jsonrpc"))) {
            throw new BadMessageException(INVALID_REQUEST, id, "Invalid request: jsonrpc must be \"2.0\"");
        }
        if (message.get("method") instanceof String method) {
            return message.containsKey("id")
                    ? new JSONRPCRequest(method, requireNonNull(id), params(message, id))
                    : new JSONRPCNotification(method, params(message, null));
        }
        if (id != null && message.containsKey("result")) {
            // What is no object answers no question of this server; the SDK rejects a result that is null.
            return JSONRPCResponse.result(id, message.get("result") instanceof Map<?, ?> result ? result : Map.of());
        }
        if (id != null && message.get("error") instanceof Map<?, ?> error) {
            int code = error.get("code") instanceof Integer number ? number : McpSchema.ErrorCodes.INTERNAL_ERROR;
            return JSONRPCResponse.error(
                    id,
                    new JSONRPCResponse.JSONRPCError(code, String.valueOf(error.get("message")), error.get("data")));
        }
        throw new BadMessageException(INVALID_REQUEST, id, "Invalid request: method must be a string");
    }

    private static @Nullable Object validId(Map<?, ?> message) throws BadMessageException {
        Object sent = message.get("id");
        Object id = id(sent);
        if (id != null || !message.containsKey("id")) {
            return id;
        }
        throw new BadMessageException(
                INVALID_REQUEST, null, "Invalid request: id must be a string or a whole number of at most 64 bits");
    }

    /**
     * An id in a normal form, so that equal ids are equal however a client writes its numbers; null for an invalid one.
     */
    static @Nullable Object id(@Nullable Object sent) {
        if (sent instanceof BigDecimal number) {
            try {
                long whole = number.longValueExact();
                return whole == (int) whole ? (Object) (int) whole : (Object) whole;
            } catch (ArithmeticException e) {
                return null; // it has a fraction, or more than 64 bits
            }
        }
        return sent instanceof String || sent instanceof Integer || sent instanceof Long ? sent : null;
    }

    /**
     * The id of a message that is invalid because of an unpaired surrogate in a name: the sender still waits for an
     * answer.
     */
    private static @Nullable Object idBesideHalfCharacters(byte[] line) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            return Json.parseMessage(text) instanceof Map<?, ?> message ? id(message.get("id")) : null;
        } catch (CharacterCodingException | JacksonException e) {
            return null; // it is no JSON at all
        }
    }

    private static Object params(Map<?, ?> message, @Nullable Object id) throws BadMessageException {
        Object params = message.get("params");
        if (params == null) {
            return Map.of();
        }
        if (params instanceof Map) {
            return params;
        }
        throw new BadMessageException(INVALID_REQUEST, id, "Invalid request: params must be an object");
    }

    private static Object requireNonNull(@Nullable Object id) throws BadMessageException {
        if (id == null) {
            throw new BadMessageException(INVALID_REQUEST, null, "Invalid request: id must not be null");
        }
        return id;
    }
}
