package io.unifiedmemory.access;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * A token bucket for each principal: it holds as many requests as are allowed in {@value #BURST_SECONDS} seconds, is full
 * at first, and fills evenly. Thread-safe.
 */
public final class RateLimiter {

    private static final int BURST_SECONDS = 2;
    private static final double NANOS = 1e9;

    /** With more buckets than this, full ones, which carry no information, are removed. */
    private static final int MAX_BUCKETS = 10_000;

    private final double perSecond;
    private final double capacity;
    private final LongSupplier nanoTime;
    private final ConcurrentMap<String, Bucket> buckets = new ConcurrentHashMap<>();

    /**
     * @param perSecond how many requests in the long run, 1 or more
     * @param nanoTime a clock like {@link System#nanoTime}
     */
    public RateLimiter(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        capacity = (double) perSecond * BURST_SECONDS;
    }

    private record Bucket(double level, long at) {}

    /**
     * Takes one request out of the principal's bucket: zero on success, otherwise the time until a request is
     * available.
     */
    public Duration take(String principalId) {
        long now = nanoTime.getAsLong();
        double[] before = new double[1];
        buckets.compute(principalId, (id, bucket) -> {
            before[0] = bucket == null ? capacity : levelAt(bucket, now);
            return new Bucket(before[0] >= 1 ? before[0] - 1 : before[0], now);
        });
        if (buckets.size() > MAX_BUCKETS) {
            buckets.values().removeIf(bucket -> levelAt(bucket, now) >= capacity);
        }
        return before[0] >= 1 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil((1 - before[0]) / perSecond * NANOS));
    }

    /** The number of principals that are remembered. */
    int size() {
        return buckets.size();
    }

    private double levelAt(Bucket bucket, long now) {
        return Math.min(capacity, bucket.level + Math.max(0, now - bucket.at) / NANOS * perSecond);
    }
}
