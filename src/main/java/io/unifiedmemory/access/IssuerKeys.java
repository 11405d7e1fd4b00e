package io.unifiedmemory.access;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of an issuer, cached for a while. They are fetched when needed, and again, at limited frequency, when
 * a token names an unknown key. Anybody can name such a key, so only a few requests may wait for a fetch, and a request
 * with a known key never waits. Thread-safe.
 */
final class IssuerKeys implements JWKSource<SecurityContext> {

    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

    private static final Duration KEPT = Duration.ofMinutes(5);
    /** How long the last known keys are used while the issuer is unreachable. */
    private static final Duration KEPT_IN_OUTAGE = Duration.ofHours(1);

    private static final Duration BETWEEN_UNKNOWN = Duration.ofSeconds(30);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(15);
    /** The limit for a fetch as a whole, and thus for the requests that wait for it. */
    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(5);

    private static final int MAX_WAITING = 8;
    private static final int MAX_BYTES = 256 * 1024;

    private final URI address;
    private final LongSupplier nanoTime;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    private final Semaphore waiting = new Semaphore(MAX_WAITING);
    private volatile @Nullable Known known;
    private CompletableFuture<Void> fetch = CompletableFuture.completedFuture(null);
    private @Nullable Long failedNanos;
    private @Nullable Long unknownNanos;

    private record Known(JWKSet keys, long nanos) {}

    /**
     * @param nanoTime a clock like {@link System#nanoTime}
     */
    IssuerKeys(URI address, LongSupplier nanoTime) {
        this.address = address;
        this.nanoTime = nanoTime;
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
        Known before = known;
        List<JWK> matching = before == null ? List.of() : selector.select(before.keys);
        if (before != null && !matching.isEmpty() && isWithin(KEPT, before.nanos)) {
            return matching;
        }
        try {
            await(fetch());
        } catch (KeySourceException e) {
            if (before != null && !matching.isEmpty() && isWithin(KEPT_IN_OUTAGE, before.nanos)) {
                return matching;
            }
            throw e;
        }
        Known now = known;
        return now == null ? List.of() : selector.select(now.keys);
    }

    private boolean isWithin(Duration limit, @Nullable Long since) {
        return since != null && nanoTime.getAsLong() - since < limit.toNanos();
    }

    private void await(CompletableFuture<Void> fetched) throws KeySourceException {
        if (!waiting.tryAcquire()) {
            throw new KeySourceException("others wait for the keys already");
        }
        try {
            fetched.get(FETCH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeySourceException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new KeySourceException("the keys cannot be fetched", e);
        } finally {
            waiting.release();
        }
    }

    /** The fetch that is in progress, or a new one. */
    private synchronized CompletableFuture<Void> fetch() throws KeySourceException {
        if (!fetch.isDone()) {
            return fetch;
        }
        if (isWithin(AFTER_FAILURE, failedNanos)) {
            throw new KeySourceException("the keys could not be fetched a moment ago");
        }
        Known last = known;
        if (last != null && isWithin(KEPT, last.nanos)) {
            if (isWithin(BETWEEN_UNKNOWN, unknownNanos)) {
                throw new KeySourceException("an unknown key was looked for a moment ago");
            }
            unknownNanos = nanoTime.getAsLong();
        }
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client.sendAsync(HttpRequest.newBuilder(address).build(), response -> limited());
        fetch = exchange.thenApply(IssuerKeys::keys)
                .orTimeout(FETCH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((keys, failure) -> exchange.cancel(true))
                .handle(this::fetched);
        return fetch;
    }

    private synchronized @Nullable Void fetched(@Nullable JWKSet keys, @Nullable Throwable failure) {
        if (keys == null) {
            failedNanos = nanoTime.getAsLong();
            LOG.warn(
                    "the keys at {} cannot be fetched: {}",
                    shown(address),
                    String.valueOf(failure).replace(address.toString(), shown(address)));
            throw new CompletionException(failure);
        }
        failedNanos = null;
        known = new Known(keys, nanoTime.getAsLong());
        return null;
    }

    /** The address without what may be secret: user and query. */
    private static String shown(URI address) {
        String port = address.getPort() < 0 ? "" : ":" + address.getPort();
        return address.getScheme() + "://" + address.getHost() + port + address.getRawPath();
    }

    private static HttpResponse.BodySubscriber<byte[]> limited() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        return BodySubscribers.mapping(
                BodySubscribers.ofByteArrayConsumer(part -> part.ifPresent(bytes -> {
                    if (body.size() <= MAX_BYTES) {
                        body.write(bytes, 0, bytes.length);
                    }
                })),
                end -> body.toByteArray());
    }

    private static JWKSet keys(HttpResponse<byte[]> response) {
        if (response.statusCode() != 200 || response.body().length > MAX_BYTES) {
            throw new IllegalStateException(
                    "status " + response.statusCode() + " with " + response.body().length + " bytes");
        }
        try {
            return JWKSet.parse(new String(response.body(), StandardCharsets.UTF_8));
        } catch (ParseException e) {
            throw new IllegalStateException("they are no JSON Web Key Set", e);
        }
    }
}
