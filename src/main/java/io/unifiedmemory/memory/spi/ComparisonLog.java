package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import org.jspecify.annotations.Nullable;

/**
 * Remembers when each backend was compared with the store of record, and whether the store is still the one that was
 * compared. Thread-safe. Every method throws {@link BackendException} when the store fails.
 */
public interface ComparisonLog {

    /**
     * When a backend was last compared with the store, in milliseconds since the epoch; null when it never was.
     * Whatever is older was in the backend then, or was brought there.
     */
    @Nullable
    Long comparedMillis(String backend);

    /**
     * Notes that a comparison reached its end, and when it began.
     *
     * @param incarnation the value of {@link #incarnation} when the comparison began
     * @return false, and nothing is noted, when the database was replaced meanwhile
     */
    boolean note(String backend, long startMillis, long incarnation);

    /**
     * Whether the database was restored from a copy or moved since it was compared with this backend (or since it was
     * created, when it never was compared). The backend may then hold newer data, and the time of the last comparison
     * says nothing about that.
     */
    boolean isRestored(String backend);

    /**
     * Counts the databases that this process has found in this place, from 1: the number grows when the database is
     * replaced. Opens the database if need be, and costs nothing while it is open.
     */
    long incarnation();

    /**
     * When the database had last been written, approximately, at the time it was opened: milliseconds since the epoch.
     */
    long usedMillis();
}
