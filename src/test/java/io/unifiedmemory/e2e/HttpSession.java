package io.unifiedmemory.e2e;

import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A session over Streamable HTTP. For one thread. */
final class HttpSession implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI address;
    private final @Nullable String token;
    private final AtomicLong ids = new AtomicLong();
    private @Nullable String id;

    private HttpSession(String address, @Nullable String token) {
        this.address = URI.create(address);
        this.token = token;
    }

    /** Opens one; {@code token} is null where none is needed. */
    static HttpSession open(String address, @Nullable String token) {
        HttpSession session = new HttpSession(address, token);
        HttpResponse<String> opened =
                session.post("initialize", ClientMessages.initializeParams(ClientMessages.REVISION));
        session.id = opened.headers().firstValue("Mcp-Session-Id").orElseThrow(() -> new AssertionError(opened.body()));
        return session;
    }

    /** Calls a tool; gives the whole reply. */
    JsonNode tool(String name, Map<String, ?> arguments) {
        return ask("tools/call", Map.of("name", name, "arguments", arguments));
    }

    /** Asks anything; fails on an answer that is not 200. */
    JsonNode ask(String method, Map<String, ?> params) {
        HttpResponse<String> reply = post(method, params);
        if (reply.statusCode() != 200) {
            throw new AssertionError(method + ": " + reply.statusCode() + " " + reply.body());
        }
        return Json.mapper().readTree(reply.body());
    }

    private HttpResponse<String> post(String method, Map<String, ?> params) {
        String body = ClientMessages.request(ids.incrementAndGet(), method, params);
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (id != null) {
            request.header("Mcp-Session-Id", id);
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Tells the server that the session is over. */
    @Override
    public void close() {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address).timeout(PATIENCE).DELETE();
        if (id != null) {
            request.header("Mcp-Session-Id", id);
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<Void> unused = CLIENT.send(request.build(), HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
