package io.unifiedmemory.upstream.link;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server over Streamable HTTP that speaks one era only; its tools give the argument {@code text} back. */
final class EraHttpServer implements AutoCloseable {

    private static final String SESSION = "the-session";

    /** Revision, method and name as the headers say, and the method as the message says. */
    final List<String> heard = new CopyOnWriteArrayList<>();

    /** Whether what it speaks is said in an endless stream of events, behind a notification. */
    volatile boolean endless;

    private final boolean stateless;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    EraHttpServer(boolean stateless) throws IOException {
        this.stateless = stateless;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/mcp", this::handle);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp");
    }

    /** The methods of the messages, in the order in which they came. */
    List<String> methods() {
        return heard.stream()
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Map<String, Object> message =
                Json.parseObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        String method = String.valueOf(message.get("method"));
        heard.add(String.join(
                " ",
                header(exchange, "MCP-Protocol-Version"),
                header(exchange, "Mcp-Method"),
                header(exchange, "Mcp-Name"),
                method));
        Object id = message.get("id");
        boolean begins = method.equals(stateless ? "server/discover" : "initialize");
        boolean known = stateless || SESSION.equals(exchange.getRequestHeaders().getFirst("Mcp-Session-Id"));
        if (begins && !stateless) {
            exchange.getResponseHeaders().set("Mcp-Session-Id", SESSION);
        }
        if (!begins && !known) {
            Map<String, Object> error = Map.of("code", -32000, "message", "Bad Request: Server not initialized");
            send(exchange, 400, Map.of("jsonrpc", "2.0", "error", error));
        } else if (id == null) {
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        } else if (endless && method.equals("server/discover")) {
            stream(exchange, Map.of("jsonrpc", "2.0", "id", id, "result", result(method, message)));
        } else {
            send(exchange, 200, Map.of("jsonrpc", "2.0", "id", id, "result", result(method, message)));
        }
    }

    private static String header(HttpExchange exchange, String name) {
        return String.valueOf(exchange.getRequestHeaders().getFirst(name));
    }

    private static Map<String, Object> result(String method, Map<String, Object> message) {
        Map<String, Object> tools = Map.of("tools", Map.of());
        return switch (method) {
            case "server/discover" ->
                Map.of(
                        "resultType",
                        "complete",
                        "supportedVersions",
                        List.of("2026-07-28"),
                        "capabilities",
                        tools,
                        "instructions",
                        "no data: here");
            case "initialize" ->
                Map.of(
                        "protocolVersion",
                        "2025-11-25",
                        "capabilities",
                        tools,
                        "serverInfo",
                        Map.of("name", "fake", "version", "1"));
            case "tools/list" -> Map.of("tools", List.of());
            default -> {
                Map<?, ?> params = (Map<?, ?>) message.getOrDefault("params", Map.of());
                Map<?, ?> arguments = params.get("arguments") instanceof Map<?, ?> sent ? sent : Map.of();
                yield Map.of("content", List.of(Map.of("type", "text", "text", String.valueOf(arguments.get("text")))));
            }
        };
    }

    private static void send(HttpExchange exchange, int status, Map<String, Object> json) throws IOException {
        byte[] body = Json.write(json).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Events until the server is closed. */
    private static void stream(HttpExchange exchange, Map<String, Object> json) throws IOException {
        Map<String, Object> before = Map.of("jsonrpc", "2.0", "method", "notifications/message", "params", Map.of());
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        String events = ":\n\nevent: message\ndata: " + Json.write(before) + "\n\ndata: " + Json.write(json) + "\n\n";
        exchange.getResponseBody().write(events.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
