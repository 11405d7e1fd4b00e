package io.unifiedmemory.store.postgres.index;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.EntryContext;
import io.unifiedmemory.search.IndexedMemory;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.segment.SegmentBuilder;
import io.unifiedmemory.store.LikePattern;
import io.unifiedmemory.store.postgres.db.MemoryRow;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.ArrayList;
import java.util.List;
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

    /** The starts of words of a query by which texts are searched. */
    private static final int MOST_WORDS = 6;

    private static final String INDEXED = "(SELECT indexed FROM unified_memory.account WHERE owner = ?)";

    /** Each part has a limit of its own, so that it reads no more of its table than is wanted. */
    private static final String PENDING = "SELECT p.id, " + MemoryRow.columns("m")
            + " FROM ((SELECT owner, id FROM unified_memory.pending WHERE owner = ? AND id <= " + INDEXED
            + " ORDER BY id LIMIT ?)"
            + " UNION ALL (SELECT owner, id FROM unified_memory.memory WHERE owner = ? AND id > " + INDEXED
            + " ORDER BY id LIMIT ?)) p"
            + " LEFT JOIN unified_memory.memory m ON m.owner = p.owner AND m.id = p.id ORDER BY p.id LIMIT ?";

    private static final String ALL = " FROM (SELECT owner, id FROM unified_memory.pending WHERE owner = ? AND id <= "
            + INDEXED + " UNION ALL SELECT owner, id FROM unified_memory.memory WHERE owner = ? AND id > " + INDEXED
            + ") p";

    private static final String LATEST = "SELECT p.id, " + MemoryRow.columns("m") + ALL
            + " LEFT JOIN unified_memory.memory m ON m.owner = p.owner AND m.id = p.id ORDER BY p.id DESC LIMIT ?";

    /** First those that may contain the whole query, then those that have most of its words. */
    private static final String MATCHING = "SELECT p.id, " + MemoryRow.columns("m") + ALL
            + " JOIN unified_memory.memory m ON m.owner = p.owner AND m.id = p.id"
            + " WHERE lower(m.key COLLATE \"C\") LIKE ANY (?) OR lower(m.value COLLATE \"C\") LIKE ANY (?)"
            + " OR lower(m.metadata COLLATE \"C\") LIKE ANY (?)"
            + " ORDER BY lower(m.key COLLATE \"C\") LIKE ? OR lower(m.value COLLATE \"C\") LIKE ? DESC,"
            + " (SELECT count(*) FROM unnest(CAST(? AS text[])) AS wanted (word) WHERE lower(m.value COLLATE \"C\") LIKE wanted.word) DESC,"
            + " p.id DESC LIMIT ?";

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

    /** The same of those with the highest numbers. */
    public static Sql latest(UUID owner, int limit) {
        return Sql.of(LATEST, owner, owner, owner, owner, limit);
    }

    /** The same of those that probably match a query. */
    public static Sql matching(UUID owner, Query query, int limit) {
        String whole = LikePattern.of(query.folded());
        List<String> any = new ArrayList<>(LikePattern.ofWords(query, MOST_WORDS));
        any.add(whole);
        return Sql.of(MATCHING, owner, owner, owner, owner, any, any, any, whole, whole, any, limit);
    }

    /** Puts what these find into a segment. */
    public static SegmentBuilder segment(Result pending, String userId) {
        return segment(pending.rows(), userId);
    }

    /** The same. */
    public static SegmentBuilder segment(List<Row> pending, String userId) {
        SegmentBuilder builder = new SegmentBuilder();
        for (Row row : pending) {
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
