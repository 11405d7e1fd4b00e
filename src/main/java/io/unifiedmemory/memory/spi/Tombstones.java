package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /**
     * A page of the deletes of a user: that of all memories first, if there is one, then those of keys, in the order of
     * {@link KeyOrder}.
     *
     * @param after the last one of the page before; null for the first page
     * @param limit how many at most, 1 or more; fewer are all that there are
     */
    List<Tombstone> list(String userId, @Nullable Tombstone after, int limit);

    /**
     * A remembered delete.
     *
     * @param key the key of the memory; null for all memories of the user
     * @param version of the delete
     */
    record Tombstone(@Nullable String key, HlcTimestamp version) {

        /** The key behind which the page begins that follows this one; empty for the first key. */
        public static String keyAfter(@Nullable Tombstone last) {
            String key = last == null ? null : last.key;
            return key == null ? "" : key;
        }
    }
}
