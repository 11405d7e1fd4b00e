package io.unifiedmemory.http;

import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.ProtocolVersions;
import io.unifiedmemory.http.guard.JsonReply;
import io.unifiedmemory.http.guard.RefusedException;
import io.unifiedmemory.http.guard.WholeBody;
import io.unifiedmemory.mcp.JsonRpc;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A path at which clients send JSON-RPC messages or listen to them. A failure is answered with a JSON-RPC error. */
@SuppressWarnings("serial") // A servlet is never serialized.
abstract class Endpoint extends HttpServlet {

    static final String EVENTS = "text/event-stream";

    /** The protocol versions of the older transport and of Streamable HTTP. */
    private static final List<String> VERSIONS = Stream.concat(
                    Stream.of(ProtocolVersions.MCP_2024_11_05), StreamableTransport.VERSIONS.stream())
            .toList();

    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);

    /** Answers a request; throws when it is to be answered with an error. */
    abstract void handle(HttpServletRequest request, HttpServletResponse response)
            throws IOException, RefusedException, JsonRpc.BadMessageException;

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            handle(request, response);
        } catch (RefusedException e) {
            e.answer(response);
        } catch (JsonRpc.BadMessageException e) {
            JsonReply.send(response, HttpServletResponse.SC_BAD_REQUEST, JsonRpc.bytes(null, e.reply()));
        } catch (RuntimeException e) {
            LOG.error("a request could not be handled, please report it", e);
            if (response.isCommitted()) {
                throw e;
            }
            JsonReply.send(
                    response,
                    HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
                    JsonRpc.bytes(
                            null,
                            JsonRpc.error(
                                    null,
                                    McpSchema.ErrorCodes.INTERNAL_ERROR,
                                    "unexpected failure: see the server's log")));
        }
    }

    /** The refusal of a method that this endpoint does not have. */
    static RefusedException notAllowed(HttpServletResponse response, String allowed) {
        response.setHeader("Allow", allowed);
        return new RefusedException(HttpServletResponse.SC_METHOD_NOT_ALLOWED, "Method not allowed; use " + allowed);
    }

    /** The message that is the request's body. */
    static JSONRPCMessage message(HttpServletRequest request) throws RefusedException, JsonRpc.BadMessageException {
        if (!isJson(request.getContentType()) || request.getHeader("Content-Encoding") != null) {
            throw new RefusedException(
                    HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE,
                    "Content-Type must be application/json in UTF-8, without a Content-Encoding");
        }
        return JsonRpc.parse(WholeBody.of(request));
    }

    static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.toLowerCase(Locale.ROOT);
        int parameters = type.indexOf(';');
        boolean utf8 = !type.contains("charset") || type.contains("utf-8");
        return utf8
                && (parameters < 0 ? type : type.substring(0, parameters))
                        .trim()
                        .equals(JsonReply.TYPE);
    }

    /** Refuses a protocol version that this server does not speak; {@code initialize} names its version in the body. */
    static void requireVersion(HttpServletRequest request) throws RefusedException {
        String version = request.getHeader(HttpHeaders.PROTOCOL_VERSION);
        if (version != null && !VERSIONS.contains(version.strip())) {
            throw new RefusedException(
                    HttpServletResponse.SC_BAD_REQUEST,
                    "Unsupported MCP-Protocol-Version; supported are " + String.join(", ", VERSIONS));
        }
    }

    static boolean isInitialize(JSONRPCMessage message) {
        return message instanceof JSONRPCRequest call && call.method().equals(McpSchema.METHOD_INITIALIZE);
    }
}
