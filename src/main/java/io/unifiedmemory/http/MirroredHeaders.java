package io.unifiedmemory.http;

import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.unifiedmemory.mcp.Era;
import io.unifiedmemory.mcp.stateless.Refusal;
import io.unifiedmemory.mcp.stateless.StatelessServer;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The headers that repeat what a message says, so that proxies can route it without reading it. A request whose headers
 * say something else than its message is refused: a proxy would have let it pass for what it is not. (MCP 2026-07-28,
 * Streamable HTTP, "Request Metadata".)
 */
final class MirroredHeaders {

    /** Names what is asked for. */
    static final String METHOD = "Mcp-Method";

    /** Names what a method is asked about. */
    static final String NAME = "Mcp-Name";

    /** The methods with a second header, and the parameter that it repeats. */
    private static final Map<String, String> NAMED =
            Map.of("tools/call", "name", "prompts/get", "name", "resources/read", "uri");

    private static final String ENCODED = "=?base64?";
    private static final String END = "?=";

    private MirroredHeaders() {}

    /** Throws unless the headers say what the message says. */
    static void requireEqual(HttpServletRequest request, JSONRPCRequest message) throws Refusal {
        Object revision = Era.revision(message);
        String named = single(request, HttpHeaders.PROTOCOL_VERSION);
        if (revision instanceof String text) {
            require(HttpHeaders.PROTOCOL_VERSION, named, text);
            StatelessServer.requireRevision(text);
        } else if (named != null) {
            // Of a revision that this server does not speak it cannot be told what is missing.
            StatelessServer.requireRevision(named);
            return;
        }
        require(METHOD, single(request, METHOD), message.method());
        String parameter = NAMED.get(message.method());
        if (parameter != null
                && message.params() instanceof Map<?, ?> params
                && params.get(parameter) instanceof String name) {
            require(NAME, decoded(single(request, NAME)), name);
        }
    }

    private static void require(String header, @Nullable String sent, String meant) throws Refusal {
        if (sent == null) {
            throw Refusal.headerMismatch(header + " is missing");
        }
        if (!sent.equals(meant)) {
            throw Refusal.headerMismatch(header + " is not what the message says");
        }
    }

    /** A header that may be sent once; null when it was not sent. */
    private static @Nullable String single(HttpServletRequest request, String name) throws Refusal {
        List<String> values = Collections.list(request.getHeaders(name));
        if (values.size() > 1) {
            throw Refusal.headerMismatch(name + " was sent more than once");
        }
        return values.isEmpty() ? null : values.get(0).strip();
    }

    /** A value that may be sent as Base64 of UTF-8, because a header holds nothing but ASCII. */
    private static @Nullable String decoded(@Nullable String sent) throws Refusal {
        if (sent == null
                || sent.length() < ENCODED.length() + END.length()
                || !sent.startsWith(ENCODED)
                || !sent.endsWith(END)) {
            return sent;
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(sent.substring(ENCODED.length(), sent.length() - END.length()));
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw (Refusal)
                    Refusal.headerMismatch(NAME + " is no Base64 of UTF-8").initCause(e);
        }
    }
}
