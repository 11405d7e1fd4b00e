package io.unifiedmemory.store.postgres.index;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.EntryContext;
import io.unifiedmemory.search.IndexedMemory;
import io.unifiedmemory.search.segment.SegmentBuilder;
import io.unifiedmemory.store.postgres.db.MemoryRow;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.UUID;

/**
 * What is pending: the memories that no segment knows as they are now. Those are the ones whose number is above the
 * user's {@code indexed}, so that a new memory costs nothing here, and below it those that the table names, because they
 * were changed or deleted since. Stateless.
 *
 * <p>Invariants: what is not pending the segments know exactly. A user of whom anything is pending has a row in the
 * table: the first of the new memories is named, too.
 */
public final class PendingTable {

    private static final String INDEXED = "(SELECT indexed FROM unified_memory.account WHERE owner = ?)";

    /** Each part has a limit of its own, so that it reads no more of its table than is wanted. */
    private static final String PENDING = "SELECT p.id, " + MemoryRow.columns("m")
            + " FROM ((SELECT owner, id FROM unified_memory.pending WHERE owner = ? AND id <= " + INDEXED
            + " ORDER BY id LIMIT ?)"
            + " UNION ALL (SELECT owner, id FROM unified_memory.memory WHERE owner = ? AND id > " + INDEXED
            + " ORDER BY id LIMIT ?)) p"
            + " LEFT JOIN unified_memory.memory m ON m.owner = p.owner AND m.id = p.id ORDER BY p.id LIMIT ?";

    private static final String NOTE_FIRST =
            "INSERT INTO unified_memory.pending (owner, id) VALUES (?, ?) ON CONFLICT DO NOTHING";

    private static final String REMOVE = "DELETE FROM unified_memory.pending WHERE owner = ? AND id <= ?";

    private PendingTable() {}

    /**
     * The end of a statement that has changed memories: notes those of them that segments know.
     *
     * @param changed the name of their owners and numbers in the statement; its last parameter is the user's
     *     {@code indexed}
     */
    public static String noteAll(String changed) {
        return "INSERT INTO unified_memory.pending (owner, id) SELECT owner, id FROM " + changed
                + " WHERE id <= ? ON CONFLICT DO NOTHING";
    }

    /** Notes the first memory above the user's {@code indexed}. */
    public static Sql noteFirst(UUID owner, long id) {
        return Sql.of(NOTE_FIRST, owner, id);
    }

    /** What is pending of a user, in the order of the numbers: the number, and the memory where there is one. */
    public static Sql of(UUID owner, int limit) {
        return Sql.of(PENDING, owner, owner, limit, owner, owner, limit, limit);
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

    /** Takes out all up to a number. */
    static Sql remove(UUID owner, long upTo) {
        return Sql.of(REMOVE, owner, upTo);
    }
}
