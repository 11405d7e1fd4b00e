package io.unifiedmemory.unified;

import java.time.Duration;

/**
 * The policies by which many backends act as one memory.
 *
 * @param reads which backends a retrieve asks
 * @param waits which backends a write waits for
 * @param tombstoneRetention how long a delete is remembered at least; more than zero. It has to exceed the longest time
 *     for which any client of a shared upstream, or an old copy of an upstream's data, may stay away
 */
public record MemoryOptions(Read reads, Wait waits, Duration tombstoneRetention) {

    /** Which backends a retrieve asks. */
    public enum Read {
        /** One backend after the other, by priority, until one has the memory. */
        PRIORITY,
        /** All backends at once; the newest copy counts. */
        FRESHEST
    }

    /** Which backends a write waits for. */
    public enum Wait {
        /** Every backend, each within its timeout. */
        ALL,
        /** The store of record only; the other backends get the write from the outbox. */
        LOCAL
    }

    /** The policies that apply unless the configuration says otherwise. */
    public static final MemoryOptions DEFAULT = new MemoryOptions(Read.PRIORITY, Wait.ALL, Duration.ofDays(30));

    public MemoryOptions {
        if (tombstoneRetention.isNegative() || tombstoneRetention.isZero()) {
            throw new IllegalArgumentException("tombstoneRetention must be more than zero, not " + tombstoneRetention);
        }
    }
}
