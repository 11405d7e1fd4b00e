package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;

/** The remembered deletes of a database. Thread-safe; methods throw {@link BackendException} when the file fails. */
public interface Tombstones {

    /**
     * Forgets deletes, those of all of a user's memories too, that are older than {@code before}. One of which a backend
     * is still owed anything that concerns the same memories stays, whether or not that backend is configured any more.
     *
     * @param limit how many at most, 1 or more
     * @return how many were forgotten; fewer than {@code limit} when no more can be
     */
    int forget(HlcTimestamp before, int limit);
}
