package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;

/**
 * The remembered deletes of a database. Thread-safe. Every method throws {@link BackendException} when the store fails.
 */
public interface Tombstones {

    /**
     * Forgets deletes that are older than {@code before}, those of all memories of a user included. A delete stays
     * while any backend, configured or not, has an unconfirmed write that concerns the same memories.
     *
     * @param limit how many at most, 1 or more
     * @return how many were forgotten; fewer than {@code limit} when no more can be
     */
    int forget(HlcTimestamp before, int limit);
}
