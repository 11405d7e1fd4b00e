package io.unifiedmemory.upstream.link;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait after the n-th failure in a row: twice as long each time up to a limit, and by a quarter more or less
 * so that many clients of one server do not come back in step. Immutable.
 *
 * @param first after the first failure
 * @param longest the limit
 * @param random numbers from 0 (inclusive) to 1 (exclusive)
 */
public record Backoff(Duration first, Duration longest, DoubleSupplier random) {

    private static final int DOUBLINGS = 20;

    public static final Duration FIRST = Duration.ofMillis(500);
    public static final Duration LONGEST = Duration.ofSeconds(30);

    /** @param failures how often it failed in a row, 1 or more */
    Duration after(int failures) {
        long doubled = first.toMillis() << Math.min(failures - 1, DOUBLINGS);
        long millis = Math.min(doubled, longest.toMillis());
        return Duration.ofMillis((long) (millis * (0.75 + random.getAsDouble() / 2)));
    }
}
