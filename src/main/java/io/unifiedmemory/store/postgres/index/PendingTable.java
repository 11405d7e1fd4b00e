package io.unifiedmemory.store.postgres.index;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.EntryContext;
import io.unifiedmemory.search.IndexedMemory;
import io.unifiedmemory.search.segment.SegmentBuilder;
import io.unifiedmemory.store.postgres.db.MemoryRow;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.List;
import java.util.UUID;

/**
 * The memories that no segment knows as they are now. Whatever changes a memory notes it here, in its own transaction,
 * which costs one row. Stateless.
 *
 * <p>Invariant: what this list does not name the segments know exactly.
 */
public final class PendingTable {

    private static final String PENDING = "SELECT p.id, " + MemoryRow.columns("m")
            + " FROM unified_memory.pending p LEFT JOIN unified_memory.memory m ON m.owner = p.owner AND m.id = p.id"
            + " WHERE p.owner = ? ORDER BY p.id LIMIT ?";

    private static final String MEMORIES_BEHIND = "SELECT m.id, " + MemoryRow.columns("m")
            + " FROM unified_memory.memory m WHERE m.owner = ? AND m.id > ? ORDER BY m.id LIMIT ?";

    private PendingTable() {}

    /** What is pending of a user: the number, and the memory where there is one. */
    public static Sql of(UUID owner, int limit) {
        return Sql.of(PENDING, owner, limit);
    }

    /** The memories of a user behind a number, in the form of {@link #of}. */
    static Sql memoriesBehind(UUID owner, long id, int limit) {
        return Sql.of(MEMORIES_BEHIND, owner, id, limit);
    }

    /** Puts what {@link #of} finds into a segment. */
    public static SegmentBuilder segment(Result pending, String userId) {
        SegmentBuilder builder = new SegmentBuilder();
        for (Row row : pending.rows()) {
            MemoryEntry entry = row.isNull(2) ? null : MemoryRow.readable(row, 2, userId);
            if (entry == null) {
                builder.remove(row.number(1));
            } else {
                builder.add(row.number(1), IndexedMemory.of(entry, EntryContext.of(entry)));
            }
        }
        return builder;
    }

    /** The users of whom something is pending. */
    static Sql owners(int limit) {
        return Sql.of("SELECT DISTINCT owner FROM unified_memory.pending LIMIT ?", limit);
    }

    /** Names every memory of a user. */
    static Sql addAll(UUID owner) {
        return Sql.of(
                "INSERT INTO unified_memory.pending (owner, id)"
                        + " SELECT owner, id FROM unified_memory.memory WHERE owner = ?",
                owner);
    }

    /** Takes out what a segment knows now. */
    static Sql remove(UUID owner, Result pending) {
        List<Long> ids = pending.rows().stream().map(row -> row.number(1)).toList();
        return Sql.of("DELETE FROM unified_memory.pending WHERE owner = ? AND id = ANY (?)", owner, ids);
    }
}
