package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import java.time.Duration;

/**
 * The right to do something that one process on the store does at a time. Thread-safe. Every method throws
 * {@link BackendException} when the store fails.
 */
public interface Leases {

    /**
     * Takes or renews a lease.
     *
     * @param name what for
     * @param holder names this process, uniquely
     * @param length after which it lapses unless renewed
     * @return whether this process has it now
     */
    boolean acquire(String name, String holder, Duration length);

    /**
     * Whether something is to be done that is done once in a while: true for one caller among all processes in each period.
     *
     * @param name what for
     */
    boolean isDue(String name, Duration period);

    /** Gives back every lease that this process has. */
    void release(String holder);
}
