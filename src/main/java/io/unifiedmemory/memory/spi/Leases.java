package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import java.time.Duration;
import java.util.UUID;

/**
 * Rights to do work that only one process on the store does at a time. Thread-safe. Every method throws {@link
 * BackendException} when the store fails.
 */
public interface Leases {

    /**
     * Takes or renews a lease.
     *
     * @param name the work
     * @param holder names this process, uniquely
     * @param length after which the lease lapses unless it is renewed
     * @return whether this process has the lease now
     */
    boolean acquire(String name, String holder, Duration length);

    /**
     * Whether periodic work is due: true for one caller among all processes in each period. The lease has a holder that
     * nobody else knows, so it cannot be renewed.
     *
     * @param name the work
     */
    default boolean isDue(String name, Duration period) {
        return acquire(name, UUID.randomUUID().toString(), period);
    }

    /** Gives back every lease that this process has. */
    void release(String holder);
}
