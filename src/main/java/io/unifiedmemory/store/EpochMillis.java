package io.unifiedmemory.store;

import java.time.Instant;

/** Times as whole milliseconds, as stores keep them. Stateless. */
public final class EpochMillis {

    public static final long OF_A_DAY = 86_400_000;

    private EpochMillis() {}

    /**
     * The first whole millisecond at or after the instant, so that all smaller values are times before it; a far instant
     * counts as the last one.
     */
    public static long firstFrom(Instant instant) {
        try {
            long floor = instant.toEpochMilli();
            return Instant.ofEpochMilli(floor).equals(instant) ? floor : floor + 1;
        } catch (ArithmeticException e) {
            return instant.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
