package io.unifiedmemory.memory.util;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * How long to wait after the n-th failure in a row: twice as long each time up to a limit, and a little more or less, at
 * random, so that many who lost the same thing at the same moment do not come back in step. Immutable.
 *
 * @param first after the first failure
 * @param longest the limit, before the jitter
 * @param jitter the largest part of the pause by which it is lengthened or shortened, from 0 to 1
 * @param random numbers from 0 (inclusive) to 1 (exclusive)
 */
public record Backoff(Duration first, Duration longest, double jitter, DoubleSupplier random) {

    /** Enough to keep many apart, and little enough that the pause is still about as long as a document says. */
    private static final double QUARTER = 0.25;

    /** More would shift a pause of seconds out of a {@code long}. */
    private static final int MAX_DOUBLINGS = 20;

    /** Pauses that a quarter is added to or taken from. */
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
     * @param failures how often it failed in a row, 1 or more
     */
    public Duration after(int failures) {
        long doubled = first.toMillis() << Math.min(failures - 1, MAX_DOUBLINGS);
        long millis = Math.min(doubled, longest.toMillis());
        return Duration.ofMillis((long) (millis * (1 - jitter + 2 * jitter * random.getAsDouble())));
    }
}
