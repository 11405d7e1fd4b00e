package io.unifiedmemory.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.unifiedmemory.chaos.Counts.Count;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * What is between one machine and an upstream over HTTP: it loses requests and replies, delays them, ends replies in
 * the middle, and lets requests arrive twice. Thread-safe.
 */
final class FaultyProxy implements AutoCloseable {

    /**
     * Of so many requests four break the connection and 32 are late or come twice; in a storm of a sixteenth as many.
     */
    private static final int REQUESTS = 400;

    private static final int STORM = 16;
    private static final int MAX_DELAY_MILLIS = 2500;
    private static final int MAX_SHORT_DELAY_MILLIS = 250;
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "transfer-encoding",
            "upgrade");

    static {
        // Without it each reply waits for 40 ms, because its header and its body go in packets of their own.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Supplier<URI> target;
    private final boolean keepsOrder;
    private final Counts counts;
    private final Random random;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "chaos-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(threads)
            .build();
    private volatile long stormEnd = System.nanoTime();
    private volatile long partitionEnd = System.nanoTime();
    private volatile boolean over;

    /**
     * @param target where the upstream is just now
     * @param keepsOrder whether a request must never arrive after one that was sent later: for an upstream without
     *     versions
     */
    FaultyProxy(Supplier<URI> target, boolean keepsOrder, Counts counts, long seed) {
        this.target = target;
        this.keepsOrder = keepsOrder;
        this.counts = counts;
        this.random = new Random(seed);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Where the upstream seems to be. */
    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp");
    }

    /** More harm than usual for some time. */
    void storm(Duration length) {
        stormEnd = System.nanoTime() + length.toNanos();
    }

    /** Lets nothing through for some time. */
    void partition(Duration length) {
        partitionEnd = System.nanoTime() + length.toNanos();
        counts.add(Count.PARTITIONS);
    }

    /** From now on everything passes unharmed. */
    void endTrouble() {
        over = true;
    }

    private enum Harm {
        NONE,
        DROP_REQUEST,
        DROP_REPLY,
        DELAY_REQUEST,
        DELAY_REPLY,
        CUT,
        DUPLICATE
    }

    private synchronized Harm harm() {
        if (over) {
            return Harm.NONE;
        }
        int dice = random.nextInt(System.nanoTime() < stormEnd ? REQUESTS / STORM : REQUESTS);
        Harm late = keepsOrder || random.nextBoolean() ? Harm.DELAY_REPLY : Harm.DELAY_REQUEST;
        return switch (dice) {
            case 0 -> Harm.DROP_REQUEST;
            case 1 -> Harm.DROP_REPLY;
            case 2 -> Harm.CUT;
            default -> dice < 20 ? late : dice < 36 ? Harm.DUPLICATE : Harm.NONE;
        };
    }

    private synchronized int below(int bound) {
        return random.nextInt(bound);
    }

    /** Long ones are longer than anybody waits. */
    private void pause() {
        counts.add(Count.DELAYS);
        int most = below(8) == 0 ? MAX_DELAY_MILLIS : MAX_SHORT_DELAY_MILLIS;
        LockSupport.parkNanos(Duration.ofMillis(below(most)).toNanos());
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!over && System.nanoTime() < partitionEnd) {
                return;
            }
            Harm harm = exchange.getRequestMethod().equals("POST") ? harm() : Harm.NONE;
            if (harm == Harm.DROP_REQUEST) {
                counts.add(Count.DROPPED_REQUESTS);
                return;
            }
            if (harm == Harm.DELAY_REQUEST) {
                pause();
            }
            HttpRequest request = request(exchange, body);
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            try (InputStream reply = response.body()) {
                if (harm == Harm.DUPLICATE) {
                    counts.add(Count.DUPLICATES);
                    repeat(request);
                }
                answer(exchange, response, reply, harm);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The upstream is down, or the caller has gone: the connection ends, as through any proxy.
            return;
        }
    }

    /** The same once more: at once, or some time later where that must do no harm. */
    private void repeat(HttpRequest request) throws IOException, InterruptedException {
        if (keepsOrder || below(2) == 0) {
            client.send(request, BodyHandlers.discarding());
            return;
        }
        threads.execute(() -> {
            LockSupport.parkNanos(Duration.ofMillis(below(MAX_DELAY_MILLIS)).toNanos());
            CompletableFuture<?> unused = client.sendAsync(request, BodyHandlers.discarding());
        });
    }

    private HttpRequest request(HttpExchange exchange, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.get())
                .method(
                        exchange.getRequestMethod(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        for (Map.Entry<String, List<String>> header :
                exchange.getRequestHeaders().entrySet()) {
            if (!HOP_BY_HOP.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                header.getValue().forEach(value -> request.header(header.getKey(), value));
            }
        }
        return request.build();
    }

    private void answer(HttpExchange exchange, HttpResponse<InputStream> response, InputStream reply, Harm harm)
            throws IOException {
        response.headers().map().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT)) && !name.startsWith(":")) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        if (harm == Harm.DROP_REPLY) {
            reply.readAllBytes();
            counts.add(Count.DROPPED_REPLIES);
            return;
        }
        if (harm == Harm.DELAY_REPLY) {
            pause();
        }
        if (harm == Harm.CUT) {
            byte[] whole = reply.readAllBytes();
            if (whole.length > 1) {
                counts.add(Count.CUTS);
                exchange.sendResponseHeaders(response.statusCode(), whole.length);
                exchange.getResponseBody().write(whole, 0, 1 + below(whole.length - 1));
                exchange.getResponseBody().flush();
                return;
            }
        }
        String length = response.headers().firstValue("content-length").orElse("");
        boolean empty = length.equals("0") || response.statusCode() == 202 || response.statusCode() == 204;
        exchange.sendResponseHeaders(response.statusCode(), empty ? -1 : 0);
        if (!empty) {
            OutputStream out = exchange.getResponseBody();
            byte[] buffer = new byte[1 << 13];
            // A stream of events may pause for long: what has come goes on at once.
            for (int read = reply.read(buffer); read >= 0; read = reply.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
