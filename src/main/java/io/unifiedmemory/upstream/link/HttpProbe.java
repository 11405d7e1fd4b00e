package io.unifiedmemory.upstream.link;

import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a server over HTTP one question, outside of the SDK's transport: that takes the first answer of a server for the
 * beginning of a session, be it a refusal. Thread-safe.
 */
final class HttpProbe {

    private static final Logger LOG = LoggerFactory.getLogger(HttpProbe.class);

    /** More than any server says of itself. */
    private static final int MAX_BYTES = 1 << 20;

    /** Whoever has not answered by then has been greeted long ago. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final int OK = 200;
    private static final String DATA = "data:";

    private final ServerAddress.Http to;
    private final HttpClient client;
    private @Nullable InputStream body;
    private boolean cancelled;

    HttpProbe(ServerAddress.Http to, HttpClient client) {
        this.to = to;
        this.client = client;
    }

    /** The answer to a request, as a whole message; empty when it is none. Fails when none comes in time. */
    CompletableFuture<Map<String, Object>> ask(Map<String, String> headers, String json) {
        HttpRequest.Builder request = HttpRequest.newBuilder(to.url())
                .timeout(LONGEST)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        to.headers().forEach(request::setHeader);
        headers.forEach(request::setHeader);
        return client.sendAsync(request.build(), BodyHandlers.ofInputStream())
                .thenApplyAsync(this::answer, task -> Daemon.start("upstream probe", task))
                .orTimeout(LONGEST.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((answer, failure) -> cancel());
    }

    /** Reads no further: nobody waits for the answer any more. */
    void cancel() {
        InputStream open;
        synchronized (this) {
            cancelled = true;
            open = body;
            body = null;
        }
        if (open != null) {
            close(open);
        }
    }

    private static void close(InputStream open) {
        try {
            open.close();
        } catch (IOException e) {
            LOG.debug("the rest of an answer could not be dropped: {}", e.getMessage());
        }
    }

    private Map<String, Object> answer(HttpResponse<InputStream> response) {
        boolean late;
        synchronized (this) {
            late = cancelled;
            body = late ? null : response.body();
        }
        if (late) {
            close(response.body());
            return Map.of();
        }
        try (InputStream open = response.body()) {
            return response.statusCode() == OK ? read(open) : Map.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads JSON to its end, or a stream of events up to the first that is an answer: it may have no end. */
    private static Map<String, Object> read(InputStream from) throws IOException {
        LineReader lines = new LineReader(from, MAX_BYTES, LineReader.Excess.FAIL);
        StringBuilder text = new StringBuilder();
        boolean json = false;
        for (String line = lines.nextText(); line != null && text.length() < MAX_BYTES; line = lines.nextText()) {
            json |= text.isEmpty() && line.stripLeading().startsWith("{");
            if (json) {
                text.append(line).append('\n');
            } else if (line.startsWith(DATA)) {
                text.append(line, DATA.length(), line.length()).append('\n');
            } else if (line.isEmpty() && !text.isEmpty()) {
                Map<String, Object> message = Json.parseObject(text.toString());
                if (message.containsKey("result") || message.containsKey("error")) {
                    return message;
                }
                text.setLength(0);
            }
        }
        return text.isEmpty() ? Map.of() : Json.parseObject(text.toString());
    }
}
