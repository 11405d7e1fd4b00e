package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outbox as people see it and decide about it. Thread-safe. Every method throws {@link BackendException} when the store
 * fails.
 */
public interface OutboxAdmin {

    /** Every backend to which something is owed, whether or not it is still configured, by name. */
    List<String> backends();

    /** How much is owed to a backend. */
    Backlog backlog(String backend);

    /**
     * A page of what is owed to a backend: what is pending before the dead letters, the oldest first.
     *
     * @param after the last one of the page before; null from the start
     */
    List<Item> page(String backend, @Nullable Item after, int limit);

    /** Makes everything due at once that one backend or (null) any is owed, dead letters too; returns how many these were. */
    int retry(@Nullable String backend);

    /** Removes dead letters for good, those of one backend or (null) of all; returns how many. */
    int drop(@Nullable String backend);

    /** Removes all that is owed to a backend, what it might still take too; returns how much. */
    int dropAll(String backend);

    /**
     * How much is owed to one backend.
     *
     * @param pending writes to be delivered
     * @param oldestMillis when the oldest of them was made, in milliseconds since the epoch; null when there is none
     * @param dead writes that the backend will never take
     * @param confirmedMillis when it last confirmed a write, to any process on the store; null when it never did
     */
    record Backlog(
            long pending,
            @Nullable Long oldestMillis,
            long dead,
            @Nullable Long confirmedMillis) {}

    /**
     * One line of the list.
     *
     * @param error why the last try failed; null when there was none
     */
    record Item(OutboxEntry entry, boolean dead, @Nullable String error) {}
}
