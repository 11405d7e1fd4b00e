package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import java.time.Instant;

/**
 * What can be written to a place that keeps memories, and the one question that a write may have to ask. Every write may be
 * repeated safely. Absence is a result; every failure is a {@link BackendException}.
 */
public interface MemoryWriter {

    /**
     * Creates or replaces the memory under the entry's user and key. A backend that keeps {@code VERSIONS} leaves what it
     * holds alone when that has the same or a newer timestamp, deletes included. The time of creation stays that of the first
     * store since the last delete.
     *
     * @return what the backend knows of the key now: the given entry (with the time of creation that is kept), or the
     *     newer entry or newer delete that stands in its way
     */
    Lookup store(MemoryEntry entry);

    /** What the backend knows of one key. */
    Lookup retrieve(String userId, String key);

    /**
     * Deletes one memory that is not newer than {@code version}. A backend that keeps {@code VERSIONS} remembers the delete,
     * also when nothing was there.
     */
    Removal delete(String userId, String key, HlcTimestamp version);

    /** Deletes every memory of a user that is not newer than {@code version}; remembered likewise. */
    Removal deleteAll(String userId, HlcTimestamp version);

    /**
     * Deletes as {@link #delete} does, and what another program keeps under the key and shows as this user's memory, though
     * it has no version: what a person who asks for a delete means. To be repeated with care: what such a program writes
     * later is a new fact.
     */
    default Removal forget(String userId, String key, HlcTimestamp version) {
        return delete(userId, key, version);
    }

    /** Deletes as {@link #deleteAll} does, and everything that other programs keep for this user, likewise. */
    default Removal forgetAll(String userId, HlcTimestamp version) {
        return deleteAll(userId, version);
    }

    /**
     * Deletes every memory of a user that was last updated before {@code cutoff} and is not newer than
     * {@code version}. With {@code VERSIONS} each is remembered as deleted in the version that it had, so that
     * a newer one that has not arrived yet is still taken. Memories without a known time stay.
     */
    Removal expire(String userId, Instant cutoff, HlcTimestamp version);
}
