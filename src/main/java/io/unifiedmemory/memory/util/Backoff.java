package io.unifiedmemory.memory.util;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * The pause after the n-th failure in a row: it doubles with each failure up to a limit, and varies at random, so that
 * clients that failed at the same moment do not all retry at the same moment. Immutable.
 *
 * @param first the pause after the first failure
 * @param longest the limit, before the jitter
 * @param jitter the largest part of the pause by which it is lengthened or shortened, from 0 to 1
 * @param random numbers from 0 (inclusive) to 1 (exclusive)
 */
public record Backoff(Duration first, Duration longest, double jitter, DoubleSupplier random) {

    /** Enough to spread retries, and little enough for the pause to be about as long as documented. */
    private static final double QUARTER = 0.25;

    /** More would shift a pause of seconds out of a {@code long}. */
    private static final int MAX_DOUBLINGS = 20;

    /** Pauses with a jitter of a quarter. */
    public static Backoff of(Duration first, Duration longest) {
        return withJitter(first, longest, QUARTER);
    }

    /** Pauses with a jitter of their own. */
    public static Backoff withJitter(Duration first, Duration longest, double jitter) {
        return new Backoff(
                first, longest, jitter, () -> ThreadLocalRandom.current().nextDouble());
    }

    /**
     * The next pause.
     *
     * @param failures the number of failures in a row, 1 or more
     */
    public Duration after(int failures) {
        long doubled = first.toMillis() << Math.min(failures - 1, MAX_DOUBLINGS);
        long millis = Math.min(doubled, longest.toMillis());
        return Duration.ofMillis((long) (millis * (1 - jitter + 2 * jitter * random.getAsDouble())));
    }
}
