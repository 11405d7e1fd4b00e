package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.MemoryEntry;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes one file of one format. Users come one after the other, the memories of each in the order of their keys, then their
 * deletes, then their history. For one thread.
 */
public interface ItemWriter extends Closeable {

    /** Writes a memory; false where the format has no place for it. */
    boolean memory(MemoryEntry entry) throws IOException;

    /**
     * Writes a remembered delete, where the format has a place for it.
     *
     * @param key null for a delete of all memories of the user
     */
    void delete(String userId, @Nullable String key, HlcTimestamp version) throws IOException;

    /** Whether the format has a place for what keys held before. */
    default boolean hasHistory() {
        return false;
    }

    /** Writes a revision; the format has a place for it. */
    default void revision(KeptRevision kept) throws IOException {
        throw new UnsupportedOperationException("the format has no history");
    }

    /** Writes what belongs at the end. Without it the file is not whole. Does not close the file. */
    void finish() throws IOException;
}
