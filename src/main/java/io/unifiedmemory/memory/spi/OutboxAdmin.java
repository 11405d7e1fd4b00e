package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outbox as people inspect it and decide about its entries. Thread-safe. Every method throws {@link
 * BackendException} when the store fails.
 */
public interface OutboxAdmin {

    /**
     * The names of all backends that have entries, whether or not they are still configured, in the order of the names.
     */
    List<String> backends();

    /** The number of entries of a backend. */
    Backlog backlog(String backend);

    /**
     * A page of a backend's entries: pending ones before dead letters, oldest first.
     *
     * @param after the last item of the page before; null for the first page
     */
    List<Item> page(String backend, @Nullable Item after, int limit);

    /**
     * Makes all entries of one backend or (null) of all due at once, dead letters included; returns how many were dead
     * letters.
     */
    int retry(@Nullable String backend);

    /** Removes the dead letters of one backend or (null) of all for good; returns how many. */
    int drop(@Nullable String backend);

    /** Removes all entries of a backend, including those that it might still take; returns how many. */
    int dropAll(String backend);

    /**
     * The number of entries of one backend.
     *
     * @param pending writes that are to be delivered
     * @param oldestMillis when the oldest pending write was made, in milliseconds since the epoch; null when there is
     *     none
     * @param dead writes that the backend will never take
     * @param confirmedMillis when the backend last confirmed a write, to any process on the store; null when it never
     *     did
     */
    record Backlog(
            long pending,
            @Nullable Long oldestMillis,
            long dead,
            @Nullable Long confirmedMillis) {}

    /**
     * One entry as people see it.
     *
     * @param error why the last try failed; null when there was none
     */
    record Item(OutboxEntry entry, boolean dead, @Nullable String error) {}
}
