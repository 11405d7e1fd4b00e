package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.store.postgres.db.MemoryRow;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the tables say of one key. Immutable.
 *
 * @param memory the memory; null when there is none
 * @param deleted the newest delete that concerns the key; {@link HlcTimestamp#NONE} when there is none
 * @param similar keys that differ from the key only in case
 */
record KeyState(@Nullable MemoryEntry memory, HlcTimestamp deleted, List<String> similar) {

    /** What a row of the query that {@link MemoryTable#state} makes is about. */
    private static final int MEMORY = 1;

    private static final int TOMBSTONE = 2;

    static KeyState read(Result result, String userId) {
        MemoryEntry memory = null;
        HlcTimestamp deleted = HlcTimestamp.NONE;
        List<String> similar = new ArrayList<>();
        for (Row row : result.rows()) {
            if (row.number(1) == MEMORY) {
                memory = MemoryRow.entry(row, 2, userId);
            } else if (row.number(1) == TOMBSTONE) {
                HlcTimestamp version = new HlcTimestamp(row.number(7));
                deleted = version.isNewerThan(deleted) ? version : deleted;
            } else {
                similar.add(row.text(2));
            }
        }
        return new KeyState(memory, deleted, memory == null ? similar : List.of());
    }

    /** The timestamp of the memory; {@link HlcTimestamp#NONE} when there is none. */
    HlcTimestamp version() {
        return memory == null ? HlcTimestamp.NONE : memory.version();
    }

    /** The memory or the delete that counts: a memory is newer than the deletes of its key. */
    Lookup lookup() {
        if (memory != null) {
            return new Lookup.Found(memory);
        }
        return deleted.equals(HlcTimestamp.NONE) ? Lookup.MISSING : new Lookup.Deleted(deleted);
    }
}
