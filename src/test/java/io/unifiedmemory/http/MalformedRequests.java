package io.unifiedmemory.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Map;
import java.util.Random;

/** Requests that are wrong in some way, the same ones for the same seed. */
final class MalformedRequests {

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "-1",
            "1.5",
            "1e400",
            "\"\"",
            "\"x\"",
            "[]",
            "{}",
            "[[]]",
            "{\"name\":7}",
            "99999999999999999999");
    private static final List<String> FIELDS = List.of("jsonrpc", "id", "method", "params");
    private static final List<String> METHODS =
            List.of("GET", "PUT", "PATCH", "OPTIONS", "HEAD", "TRACE", "DELETE", "CONNECT", "BREW", "post");
    private static final List<String> PATHS = List.of(
            "/",
            "/mcp/",
            "/mcp/..",
            "/mcp;x",
            "/%00",
            "/%zz",
            "/messages",
            "/messages?sessionId=%ff",
            "/sse/x",
            "//mcp",
            "*");
    private static final List<String> HEADERS = List.of(
            "Content-Type: text/html",
            "Content-Type: application/json; charset=utf-16",
            "Content-Type:",
            "Accept: image/png",
            "Mcp-Session-Id: ../../etc/passwd",
            "Mcp-Session-Id: ",
            "MCP-Protocol-Version: 3000-01-01",
            "MCP-Protocol-Version: \u00e4",
            "Origin: javascript:alert(1)",
            "Host: [::",
            "Host: a b",
            "Host:",
            "Content-Length: -1",
            "Content-Length: 5, 6",
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: gzip",
            "Transfer-Encoding: chunked",
            "Expect: what",
            "Last-Event-ID: 7",
            "Connection: upgrade");
    private static final List<String> LINES = List.of(
            "\r\n\r\n",
            "GET\r\n\r\n",
            "GET /mcp\r\n\r\n",
            "POST /mcp HTTP/9.9\r\nHost: localhost\r\n\r\n",
            "POST /mcp HTTP/1.1\r\n\r\n",
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n",
            "POST /mcp HTTP/1.1\r\nHost localhost\r\n\r\n",
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001");

    /**
     * A request.
     *
     * @param half whether the client goes away when it has sent this
     */
    record Request(String text, boolean half) {
        byte[] bytes() {
            return text.getBytes(ISO_8859_1);
        }
    }

    private final Random random;
    private final Wire wire;
    private final String session;

    MalformedRequests(long seed, Wire wire, String session) {
        random = new Random(seed);
        this.wire = wire;
        this.session = session;
    }

    Request next() {
        return switch (random.nextInt(10)) {
            case 0 -> post(noise(random.nextInt(200)));
            case 1 -> post(truncated());
            case 2, 3, 4 -> post(wrongTypes());
            case 5 -> post(large());
            case 6 -> post(valid(), one(HEADERS));
            case 7 -> lost(valid());
            case 8 -> new Request(one(LINES), false);
            default -> half();
        };
    }

    /** A request that went astray; without the session, which it could end or listen to. */
    private Request lost(String body) {
        String head = wire.head(one(METHODS), one(PATHS), body.length());
        return new Request(head + body, false);
    }

    private Request half() {
        String whole = post(valid()).text;
        return new Request(whole.substring(0, random.nextInt(whole.length())), true);
    }

    private Request post(String body, String... headers) {
        String[] all = new String[headers.length + 1];
        all[0] = "Mcp-Session-Id: " + session;
        System.arraycopy(headers, 0, all, 1, headers.length);
        return new Request(wire.head("POST", "/mcp", body.length(), all) + body, false);
    }

    private String valid() {
        return TestServer.call(random.nextInt(1000), "echo", Map.of("text", "x"));
    }

    private String truncated() {
        String text = random.nextBoolean() ? valid() : TestServer.initialize();
        return text.substring(0, random.nextInt(text.length()));
    }

    /** One field of a message has another type, is missing, or is there twice. */
    private String wrongTypes() {
        String field = one(FIELDS);
        String text = random.nextInt(4) == 0 ? TestServer.initialize() : valid();
        return switch (random.nextInt(3)) {
            case 0 -> text.replaceFirst("\"" + field + "\"", "\"" + field + "x\"");
            case 1 -> text.substring(0, text.length() - 1) + ",\"" + field + "\":" + one(VALUES) + "}";
            default ->
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""
                        + one(List.of("tools/call", "tools/list", "initialize", "x")) + "\",\"params\":" + one(VALUES)
                        + "}";
        };
    }

    private String large() {
        return switch (random.nextInt(3)) {
            case 0 -> "[".repeat(20_000);
            case 1 -> "{\"a\":".repeat(5_000);
            default -> "{\"jsonrpc\":\"2.0\",\"id\":" + "9".repeat(50_000) + "}";
        };
    }

    private String noise(int length) {
        StringBuilder noise = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            noise.append((char) random.nextInt(256));
        }
        return noise.toString();
    }

    private String one(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
