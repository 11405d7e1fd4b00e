package io.unifiedmemory.upstream.link;

import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Asks a server over HTTP one question, outside of the SDK's transport: that takes the first answer of a server for the
 * beginning of a session, be it a refusal.
 */
final class HttpProbe {

    /** More than any server says of itself. */
    private static final int MAX_BYTES = 1 << 20;

    private static final int OK = 200;

    private final ServerAddress.Http to;
    private final HttpClient client;

    HttpProbe(ServerAddress.Http to, HttpClient client) {
        this.to = to;
        this.client = client;
    }

    /** The answer to a request, as a whole message; empty when it is none. */
    CompletableFuture<Map<String, Object>> ask(Map<String, String> headers, String json) {
        HttpRequest.Builder request = HttpRequest.newBuilder(to.url())
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        to.headers().forEach(request::setHeader);
        headers.forEach(request::setHeader);
        return client.sendAsync(request.build(), BodyHandlers.ofInputStream())
                .thenApplyAsync(HttpProbe::answer, task -> Daemon.start("upstream probe", task));
    }

    private static Map<String, Object> answer(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            if (response.statusCode() != OK) {
                return Map.of();
            }
            String text = new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip();
            // Of a stream of events, the last one is the answer.
            int data = text.startsWith("{") ? -1 : text.lastIndexOf("data:");
            String event = data < 0 ? text : text.substring(data + "data:".length());
            return Json.parseObject(event.strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
