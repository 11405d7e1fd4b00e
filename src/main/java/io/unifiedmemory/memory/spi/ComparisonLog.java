package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import org.jspecify.annotations.Nullable;

/**
 * When which backend was compared with the store of record, and whether the store is still the one that was compared.
 * Thread-safe. Every method throws {@link BackendException} when the store fails.
 */
public interface ComparisonLog {

    /**
     * When a backend was last compared with the store, in milliseconds since the epoch: whatever is older was there then, or
     * was brought there. Null when it never was.
     */
    @Nullable
    Long comparedMillis(String backend);

    /**
     * Notes a comparison that reached its end, and when it began.
     *
     * @param incarnation what {@link #incarnation} was then
     * @return false, and nothing is noted, when the database was replaced meanwhile
     */
    boolean note(String backend, long startMillis, long incarnation);

    /**
     * Whether the database was put in its place, from a copy or another folder, since it was compared with this backend, or
     * since it was made when it never was. The backend may know better then, and the time of the comparison says nothing of
     * that.
     */
    boolean isRestored(String backend);

    /**
     * Which database it is of those that this process has found in this place, from 1 on: grows when it was replaced. Opens it
     * if need be, and costs nothing while it is open.
     */
    long incarnation();

    /** When the database had last been written, about, as it was found when it was opened: milliseconds since the epoch. */
    long usedMillis();
}
