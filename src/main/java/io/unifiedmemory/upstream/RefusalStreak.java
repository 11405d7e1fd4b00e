package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Distinguishes a server that refuses us permanently, by HTTP 401, 403, 404 and the like, from one that is being
 * started or replaced behind a proxy and gives the same answers: only several refusals in a row over some time count as
 * a configuration error. Used by one thread at a time.
 */
final class RefusalStreak {

    static final int TRIES = 3;
    static final Duration TIME = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private int tries;
    private long begun;

    RefusalStreak(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Ends the streak: the server accepted us. */
    void end() {
        tries = 0;
    }

    /**
     * The failure of an attempt to connect, of kind {@code MISCONFIGURED} when it completes a streak.
     *
     * @param refusal whether the server refused us
     */
    BackendException judged(BackendException failure, boolean refusal) {
        if (!refusal) {
            end();
            return failure;
        }
        if (tries == 0) {
            begun = nanoTime.getAsLong();
        }
        tries++;
        boolean lasts = tries >= TRIES && nanoTime.getAsLong() - begun >= TIME.toNanos();
        return lasts
                ? new BackendException(
                        Kind.MISCONFIGURED, String.valueOf(failure.getMessage()), failure.hint(), failure)
                : failure;
    }
}
