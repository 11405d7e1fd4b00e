package io.unifiedmemory.unified.calls;

import java.time.Duration;

/**
 * The policy for one backend.
 *
 * @param enabled whether the backend takes part at all
 * @param priority reads ask the smallest number first; also settles ties between equal versions
 * @param timeout how long one call may take, retries included; more than zero
 * @param maxRetries how many times a call that may succeed later is retried, 0 or more
 * @param maxMemories how many memories the backend may list in one comparison, 1 or more; a backend that lists more is
 *     treated as broken
 */
public record BackendOptions(boolean enabled, int priority, Duration timeout, int maxRetries, int maxMemories) {

    /** More memories than people and agents keep, but a limit that a listing without an end still reaches. */
    public static final int DEFAULT_MAX_MEMORIES = 1_000_000;

    /** The policy of the store of record unless the configuration says otherwise. */
    public static final BackendOptions LOCAL = new BackendOptions(true, 1, Duration.ofSeconds(5), 2);

    /** The policy of an upstream unless the configuration says otherwise. */
    public static final BackendOptions UPSTREAM = new BackendOptions(true, 2, Duration.ofSeconds(5), 2);

    public BackendOptions {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be more than zero, not " + timeout);
        }
        if (maxRetries < 0) {
            throw new IllegalArgumentException("maxRetries is 0 or more, not " + maxRetries);
        }
        if (maxMemories < 1) {
            throw new IllegalArgumentException("maxMemories is 1 or more, not " + maxMemories);
        }
    }

    /** A policy with {@link #DEFAULT_MAX_MEMORIES}. */
    public BackendOptions(boolean enabled, int priority, Duration timeout, int maxRetries) {
        this(enabled, priority, timeout, maxRetries, DEFAULT_MAX_MEMORIES);
    }
}
