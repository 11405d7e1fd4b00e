package io.unifiedmemory.upstream.link;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Follows redirects within the server that was configured, and leaves a server alone for as long as it asks for by
 * {@code Retry-After}. Thread-safe.
 *
 * <p>Headers may be secrets, so nothing is sent to another scheme, host or port than the configured one; only from http to
 * https on the same host, on their own ports, because that makes it safer.
 */
final class PoliteClient extends ForwardingClient {

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int SEE_OTHER = 303;
    private static final int MAX_REDIRECTS = 5;
    private static final Set<Integer> BUSY = Set.of(429, 503);

    /** Whatever a server says: it may be back earlier than it thought, and nobody looks before. */
    private static final Duration MOST_PATIENCE = Duration.ofMinutes(10);

    private final LongSupplier nanoTime;
    private final Clock clock;
    /** Until when nothing is sent, by {@code nanoTime} since {@code start}. */
    private final AtomicLong silentUntil = new AtomicLong();

    private final long start;

    PoliteClient(HttpClient client, LongSupplier nanoTime, Clock clock) {
        super(client);
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.start = nanoTime.getAsLong();
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        long left = silentUntil.get() - (nanoTime.getAsLong() - start);
        return left > 0
                ? CompletableFuture.failedFuture(new BackendException(
                        Kind.OVERLOADED,
                        "the server asked to be left alone for " + (TimeUnit.NANOSECONDS.toSeconds(left) + 1)
                                + " s more",
                        "it is busy, or limits how often it is called"))
                : send(request, handler, 0);
    }

    private <T> CompletableFuture<HttpResponse<T>> send(HttpRequest request, BodyHandler<T> handler, int followed) {
        BodyHandler<T> unlessRedirected = info -> REDIRECTS.contains(info.statusCode())
                ? BodySubscribers.mapping(BodySubscribers.discarding(), nothing -> null)
                : handler.apply(info);
        return super.sendAsync(request, unlessRedirected).thenCompose(response -> {
            if (BUSY.contains(response.statusCode())) {
                noteRetryAfter(response);
            }
            if (!REDIRECTS.contains(response.statusCode())) {
                return CompletableFuture.completedFuture(response);
            }
            if (followed == MAX_REDIRECTS) {
                throw refused("the server redirects without an end", "is its url right?");
            }
            return send(redirected(request, response), handler, followed + 1);
        });
    }

    /** The same once more, since a message must arrive; only "see other" asks for something else than to repeat it. */
    private static HttpRequest redirected(HttpRequest request, HttpResponse<?> response) {
        String location = response.headers().firstValue("location").orElse("");
        URI to;
        try {
            to = request.uri().resolve(URI.create(location));
        } catch (IllegalArgumentException e) {
            throw refused("the server redirects to what is no address", "is its url right?");
        }
        if (location.isEmpty() || !isSameServer(request.uri(), to)) {
            throw refused(
                    "the server redirects to " + origin(to) + ", and nothing is sent to another server by itself",
                    "if it has moved there, change its url");
        }
        HttpRequest.Builder again =
                HttpRequest.newBuilder(request, (name, value) -> true).uri(to);
        return response.statusCode() == SEE_OTHER ? again.GET().build() : again.build();
    }

    private static boolean isSameServer(URI from, URI to) {
        if (from.getHost() == null || !from.getHost().equalsIgnoreCase(to.getHost()) || to.getRawUserInfo() != null) {
            return false;
        }
        boolean same = from.getScheme().equalsIgnoreCase(to.getScheme()) && port(from) == port(to);
        boolean safer = "http".equalsIgnoreCase(from.getScheme())
                && "https".equalsIgnoreCase(to.getScheme())
                && port(from) == 80
                && port(to) == 443;
        return same || safer;
    }

    private static int port(URI address) {
        int port = address.getPort();
        return port >= 0 ? port : "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }

    private static String origin(URI address) {
        String port = address.getPort() < 0 ? "" : ":" + address.getPort();
        return address.getHost() == null ? "nowhere" : address.getScheme() + "://" + address.getHost() + port;
    }

    private void noteRetryAfter(HttpResponse<?> response) {
        response.headers().firstValue("retry-after").map(String::strip).ifPresent(text -> {
            Duration wait = text.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(text)) : untilDate(text);
            Duration bounded = wait.compareTo(MOST_PATIENCE) > 0 ? MOST_PATIENCE : wait;
            silentUntil.accumulateAndGet(nanoTime.getAsLong() - start + bounded.toNanos(), Math::max);
        });
    }

    private Duration untilDate(String text) {
        try {
            ZonedDateTime date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration wait = Duration.between(clock.instant(), date.toInstant());
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException e) {
            return Duration.ZERO; // it says nothing that can be followed
        }
    }

    private static BackendException refused(String message, String hint) {
        return new BackendException(Kind.UNAVAILABLE, message, hint);
    }
}
