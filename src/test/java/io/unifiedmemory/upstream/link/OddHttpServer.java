package io.unifiedmemory.upstream.link;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.unifiedmemory.memory.util.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An MCP server over HTTP at {@code /mcp} that labels and shapes its answers as it is told, and redirects from
 * {@code /STATUS?target}.
 */
public final class OddHttpServer implements AutoCloseable {

    /** Each request, as {@code METHOD path authorization}. */
    final List<String> requests = new CopyOnWriteArrayList<>();
    /** With what an answer is labelled; null for nothing. */
    volatile @Nullable String label = "application/json";

    volatile boolean asEvents;
    volatile boolean zipped;
    volatile String before = "";
    /** Says so instead of answering; 0 to answer. */
    public volatile int status;

    volatile @Nullable String retryAfter;

    private final HttpServer server;

    public OddHttpServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "odd server");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::handle);
        server.start();
    }

    public URI address(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        URI asked = exchange.getRequestURI();
        requests.add(exchange.getRequestMethod() + " " + asked.getPath() + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (asked.getPath().matches("/\\d+")) {
            exchange.getResponseHeaders()
                    .set("Location", asked.getQuery() == null ? asked.getPath() : asked.getQuery());
            respond(exchange, Integer.parseInt(asked.getPath().substring(1)), new byte[0]);
        } else if (status != 0) {
            if (retryAfter != null) {
                exchange.getResponseHeaders().set("Retry-After", retryAfter);
            }
            respond(exchange, status, new byte[0]);
        } else if (exchange.getRequestMethod().equals("POST")) {
            answer(exchange, Json.parseObject(new String(body, StandardCharsets.UTF_8)));
        } else {
            respond(exchange, 405, new byte[0]);
        }
    }

    private void answer(HttpExchange exchange, Map<String, Object> message) throws IOException {
        Object id = message.get("id");
        if (id == null) {
            respond(exchange, 202, new byte[0]);
            return;
        }
        Map<String, Object> result = switch (String.valueOf(message.get("method"))) {
            case "initialize" ->
                Map.of(
                        "protocolVersion", "2025-11-25",
                        "capabilities", Map.of("tools", Map.of()),
                        "serverInfo", Map.of("name", "odd", "version", "1"));
            case "tools/list" -> Map.of("tools", List.of());
            default -> Map.of("content", List.of(Map.of("type", "text", "text", "\u00e9cho")));
        };
        String json = Json.write(Map.of("jsonrpc", "2.0", "id", id, "result", result));
        String text = before + (asEvents ? "event: message\ndata: " + json + "\n\n" : json);
        if (label != null) {
            exchange.getResponseHeaders().set("Content-Type", label);
        }
        respond(exchange, 200, zipped ? zipped(text) : text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] zipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
