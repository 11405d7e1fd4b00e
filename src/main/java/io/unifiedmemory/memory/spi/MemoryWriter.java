package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import java.time.Instant;

/**
 * The writes to a place that keeps memories, and the one read that a write may need. Every write may be repeated
 * safely. Absence is a result; every failure is a {@link BackendException}.
 */
public interface MemoryWriter {

    /**
     * Creates or replaces the memory under the entry's user and key. A backend that keeps {@code VERSIONS} changes
     * nothing when it holds a memory or a delete with the same or a newer timestamp. The time of creation stays that of
     * the first store since the last delete.
     *
     * @return what the backend knows of the key now: the given entry (with the time of creation that is kept), or the
     *     newer entry or newer delete that takes precedence
     */
    Lookup store(MemoryEntry entry);

    /** Returns what the backend knows of one key. */
    Lookup retrieve(String userId, String key);

    /**
     * Deletes one memory that is not newer than {@code version}. A backend that keeps {@code VERSIONS} remembers the
     * delete even when there was nothing to delete.
     */
    Removal delete(String userId, String key, HlcTimestamp version);

    /**
     * Deletes every memory of a user that is not newer than {@code version}, and remembers the delete as {@link
     * #delete} does.
     */
    Removal deleteAll(String userId, HlcTimestamp version);

    /**
     * Deletes as {@link #delete} does, and also what another program keeps under the key and shows as this user's
     * memory, although it has no version: that is what a person who asks for a delete means. Repeat it with care: what
     * such a program writes later is a new fact.
     */
    default Removal forget(String userId, String key, HlcTimestamp version) {
        return delete(userId, key, version);
    }

    /**
     * Deletes as {@link #deleteAll} does, and also everything that other programs keep for this user; see {@link
     * #forget}.
     */
    default Removal forgetAll(String userId, HlcTimestamp version) {
        return deleteAll(userId, version);
    }

    /**
     * Deletes as {@link #delete} does, or as {@link #forget} does, and also what the backend keeps of what the key held up
     * to {@code version}, in a history of its own. A backend without one, or that cannot be told, deletes.
     *
     * @param forgets whether it is to be as {@link #forget}
     */
    default Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
        return forgets ? forget(userId, key, version) : delete(userId, key, version);
    }

    /** Erases as {@link #erase} does, everything about a user. */
    default Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
        return forgets ? forgetAll(userId, version) : deleteAll(userId, version);
    }

    /**
     * Deletes every memory of a user that was last updated before {@code cutoff} and is not newer than {@code version}.
     * A backend that keeps {@code VERSIONS} remembers each one as deleted in the version that it had, so that a newer
     * one that has not arrived yet is still accepted. Memories without a known time stay.
     */
    Removal expire(String userId, Instant cutoff, HlcTimestamp version);
}
