package io.unifiedmemory.unified;

import java.time.Duration;

/**
 * How many backends act as one memory.
 *
 * @param reads whom a retrieve asks
 * @param waits whom a write waits for
 * @param tombstoneRetention how long a delete is remembered at least; more than zero. It has to exceed the longest time
 *     for which anybody who shares an upstream, or an old copy of an upstream's data, may stay away
 */
public record MemoryOptions(Read reads, Wait waits, Duration tombstoneRetention) {

    /** Whom a retrieve asks. */
    public enum Read {
        /** One backend after the other, by priority, until one has the memory. */
        PRIORITY,
        /** All at once; the newest copy counts. */
        FRESHEST
    }

    /** Whom a write waits for. */
    public enum Wait {
        /** Every backend, within its timeout. */
        ALL,
        /** The local database only; the others get the write from the outbox. */
        LOCAL
    }

    /** What holds unless the configuration says otherwise. */
    public static final MemoryOptions DEFAULT = new MemoryOptions(Read.PRIORITY, Wait.ALL, Duration.ofDays(30));

    public MemoryOptions {
        if (tombstoneRetention.isNegative() || tombstoneRetention.isZero()) {
            throw new IllegalArgumentException("tombstoneRetention must be more than zero, not " + tombstoneRetention);
        }
    }
}
