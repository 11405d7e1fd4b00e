package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.MemoryEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The memories that the search index does not know as they are now. Whatever changes a memory notes it here, in its own
 * transaction, which costs one row; the index takes up many of them together, later. PostgreSQL's GIN indexes do the
 * same with their pending list. Works within the transaction of its caller. Stateless.
 *
 * <p>Invariant: what this list does not name, the index knows exactly.
 */
final class PendingList {

    /** With the text that the index knows, where it does, so that words nobody has any more can be taken out. */
    static final String SCHEMA = """
            CREATE TABLE search_pending (
                user_id    TEXT    NOT NULL,
                id         INTEGER NOT NULL,
                gone_key   TEXT,
                gone_value TEXT,
                PRIMARY KEY (user_id, id)
            ) STRICT, WITHOUT ROWID;
            CREATE TRIGGER memory_stored AFTER INSERT ON memory BEGIN
                INSERT INTO search_pending (user_id, id) VALUES (new.user_id, new.id) ON CONFLICT DO NOTHING;
            END;
            CREATE TRIGGER memory_replaced AFTER UPDATE ON memory BEGIN
                INSERT INTO search_pending VALUES (old.user_id, old.id, old.key, old.value) ON CONFLICT DO NOTHING;
            END;
            CREATE TRIGGER memory_deleted AFTER DELETE ON memory BEGIN
                INSERT INTO search_pending VALUES (old.user_id, old.id, old.key, old.value) ON CONFLICT DO NOTHING;
            END;
            """;

    /** What is longer is taken up at once: others should not have to wait for somebody's long text. */
    private static final int LONGEST_WAITING = 4_000;

    /** Memories that a search takes up in one step, for it waits for all of its user's. */
    private static final int MOST_OF_USER = 64;

    /** Characters taken up in one step: other writers wait for it. */
    private static final int MOST_CHARS_IN_STEP = 20_000;

    private static final String ROWS = "SELECT " + MemoryTable.COLUMNS
            + ", p.id, p.user_id, p.gone_key, p.gone_value FROM search_pending p"
            + " LEFT JOIN memory m ON m.id = p.id AND m.user_id = p.user_id ";

    private static final String ANY = ROWS + "LIMIT ?1";

    /** Those that a search can find come first. */
    private static final String OF_USER = ROWS + "WHERE p.user_id = ?1 ORDER BY m.id IS NULL LIMIT ?2";

    private static final String ONE = ROWS + "WHERE p.user_id = ?1 AND m.key = ?2";

    private static final String TAKEN = "DELETE FROM search_pending WHERE user_id = ?1 AND id = ?2";

    private static final String HAS_ANY = "SELECT EXISTS (SELECT 1 FROM search_pending)";

    /** CROSS JOIN looks into the short list first. */
    private static final String LIVE =
            " FROM search_pending p CROSS JOIN memory m ON m.id = p.id AND m.user_id = p.user_id"
                    + " WHERE p.user_id = ?1";

    private static final String HIDDEN = "SELECT " + MemoryTable.COLUMNS + LIVE;

    private static final String HIDES_ANY = "SELECT EXISTS (SELECT 1" + LIVE + ")";

    private final SearchIndex index;

    PendingList(SearchIndex index) {
        this.index = index;
    }

    /** To be called with each memory that was stored, in its transaction. */
    void stored(Session tx, MemoryEntry entry) throws SQLException {
        if (entry.value().length() > LONGEST_WAITING) {
            take(tx, ONE, entry.userId(), entry.key());
        }
    }

    /** Takes up some, no more than that many; returns whether there are more. */
    boolean step(Session tx, int most) throws SQLException {
        take(tx, ANY, most);
        return tx.number(HAS_ANY) > 0;
    }

    /** Takes up some of one user; returns whether there are more that a search would miss. */
    boolean step(Session tx, String userId) throws SQLException {
        take(tx, OF_USER, userId, MOST_OF_USER);
        return hidesAny(tx, userId);
    }

    /** Whether a search for memories of the user would miss any. */
    boolean hidesAny(Session session, String userId) throws SQLException {
        return session.number(HIDES_ANY, userId) > 0;
    }

    /** What a search for memories of the user would miss. */
    List<MemoryEntry> hidden(Session session, String userId) throws SQLException {
        List<MemoryEntry> hidden = new ArrayList<>();
        try (ResultSet rows = session.query(HIDDEN, userId)) {
            while (rows.next()) {
                hidden.add(MemoryTable.entry(rows, userId));
            }
        }
        return hidden;
    }

    private void take(Session tx, String sql, Object... arguments) throws SQLException {
        Map<String, List<SearchIndex.Change>> changes = new LinkedHashMap<>();
        try (ResultSet rows = tx.query(sql, arguments)) {
            for (long chars = 0; chars < MOST_CHARS_IN_STEP && rows.next(); ) {
                String userId = rows.getString(8);
                String goneValue = rows.getString(10);
                Set<String> gone = goneValue == null ? Set.of() : IndexTerms.forms(rows.getString(9), goneValue);
                MemoryEntry now = rows.getString(1) == null ? null : MemoryTable.entry(rows, userId);
                changes.computeIfAbsent(userId, user -> new ArrayList<>())
                        .add(new SearchIndex.Change(rows.getLong(7), now, gone));
                chars += (goneValue == null ? 0 : goneValue.length())
                        + (now == null ? 0 : now.value().length());
            }
        }
        for (Map.Entry<String, List<SearchIndex.Change>> ofUser : changes.entrySet()) {
            index.update(tx, ofUser.getKey(), ofUser.getValue());
            for (SearchIndex.Change change : ofUser.getValue()) {
                tx.update(TAKEN, ofUser.getKey(), change.id());
            }
        }
    }
}
