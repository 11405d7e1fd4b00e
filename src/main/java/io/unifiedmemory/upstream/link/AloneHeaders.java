package io.unifiedmemory.upstream.link;

import io.modelcontextprotocol.common.McpTransportContext;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The headers of HTTP that repeat what a request that stands alone says, carried beside it to where it is sent. */
final class AloneHeaders {

    /** Under which a request's headers are in its context. */
    static final String KEY = "io.unifiedmemory.headers";

    private static final Pattern PLAIN = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?");

    private AloneHeaders() {}

    /** @param name of the tool that is called; null for other requests */
    static Map<String, String> of(String revision, String method, @Nullable Object name) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("MCP-Protocol-Version", revision);
        headers.put("Mcp-Method", method);
        if (name instanceof String text) {
            headers.put("Mcp-Name", encoded(text));
        }
        return headers;
    }

    /** Adds those of a request to its HTTP request. */
    static HttpRequest.Builder add(McpTransportContext context, HttpRequest.Builder request) {
        if (context.get(KEY) instanceof Map<?, ?> headers) {
            headers.forEach((name, value) -> request.setHeader(String.valueOf(name), String.valueOf(value)));
        }
        return request;
    }

    /** A header holds nothing but ASCII, and no blanks at its ends. */
    private static String encoded(String text) {
        boolean plain = PLAIN.matcher(text).matches() && !(text.startsWith("=?base64?") && text.endsWith("?="));
        return plain
                ? text
                : "=?base64?" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "?=";
    }
}
