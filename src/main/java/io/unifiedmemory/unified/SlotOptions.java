package io.unifiedmemory.unified;

import java.time.Duration;

/**
 * The policy for one backend.
 *
 * @param enabled whether it takes part at all
 * @param priority reads ask the smallest number first; also settles ties between equal versions
 * @param timeout how long one call may take, retries included; more than zero
 * @param maxRetries how often a call that may succeed later is tried again, 0 or more
 */
public record SlotOptions(boolean enabled, int priority, Duration timeout, int maxRetries) {

    /** What holds for the local database unless the configuration says otherwise. */
    public static final SlotOptions LOCAL = new SlotOptions(true, 1, Duration.ofSeconds(5), 2);

    /** What holds for an upstream unless the configuration says otherwise. */
    public static final SlotOptions UPSTREAM = new SlotOptions(true, 2, Duration.ofSeconds(5), 2);

    public SlotOptions {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be more than zero, not " + timeout);
        }
        if (maxRetries < 0) {
            throw new IllegalArgumentException("maxRetries is 0 or more, not " + maxRetries);
        }
    }
}
