package io.unifiedmemory.store.sqlite.index;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.IndexedMemory;
import io.unifiedmemory.store.sqlite.db.ErasureNote;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.MemoryRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The memories that the search index does not know as they are now. Whatever changes a memory notes it here, in its own
 * transaction, which costs one row; the index takes up many of them together, later. PostgreSQL's GIN indexes do the
 * same with their pending list. Works within the transaction of its caller. Stateless.
 *
 * <p>Triggers on the memories write {@code search_pending}. Live are those that are there; a number that the index does
 * not know yet may be given again. A row has the text that the index knows, where it does, so that words nobody has any
 * more can be taken out, and an empty one where text went that the index never knew, so that it is erased. The live
 * ones of a user stand together, so that a search finds them without a second index, which would cost each write a
 * page.
 *
 * <p>Invariant: what this list does not name, and no build has still to do, the index knows exactly.
 */
public final class PendingList {

    /** Characters: what is longer is taken up at once, so that others need not wait for somebody's long text. */
    private static final int LONGEST_WAITING = 4_000;

    /** Characters of a transaction behind which its further long texts wait, too: other writers wait for the transaction. */
    private static final int MOST_CHARS_AT_ONCE = 128 * 1024;

    /** Characters taken up in one step, and memories in a step of a search. */
    private static final int MOST_CHARS_IN_STEP = 20_000;

    private static final int MOST_IN_STEP_OF_SEARCH = 64;

    /** Behind those of a memory, where there is one. */
    private static final String COLUMNS = ", p.user_id, p.id, p.gone_key, p.gone_value";

    private static final String ANY = "SELECT " + MemoryRow.COLUMNS + COLUMNS + " FROM search_pending p"
            + " LEFT JOIN memory m ON m.id = p.id AND m.user_id = p.user_id LIMIT ?1";

    /** CROSS JOIN looks into the short list first. */
    private static final String LIVE = "SELECT " + MemoryRow.COLUMNS + COLUMNS
            + " FROM search_pending p CROSS JOIN memory m ON m.id = p.id AND m.user_id = p.user_id WHERE p.user_id = ?1 AND p.live = 1 ";

    private static final String SOME_LIVE = LIVE + "LIMIT ?2";

    private static final String ONE_LIVE = LIVE + "AND m.key = ?2";

    private static final String HAS_LIVE =
            "SELECT EXISTS (SELECT 1 FROM search_pending WHERE user_id = ?1 AND live = 1)";

    private static final String HAS_MORE_LIVE =
            "SELECT EXISTS (SELECT 1 FROM search_pending WHERE user_id = ?1 AND live = 1 LIMIT 1 OFFSET ?2)";

    private static final String HAS_ANY = "SELECT EXISTS (SELECT 1 FROM search_pending)";

    private static final String TAKEN = "DELETE FROM search_pending WHERE user_id = ?1 AND live IN (0, 1) AND id = ?2";

    private final SearchIndex index;

    public PendingList(SearchIndex index) {
        this.index = index;
    }

    /**
     * To be called with each memory that was stored, in its transaction.
     *
     * @param before characters of the texts that the transaction stored before
     */
    public void stored(Handle tx, MemoryEntry entry, int before) throws SQLException {
        if (entry.value().length() > LONGEST_WAITING && before < MOST_CHARS_AT_ONCE) {
            take(tx, ONE_LIVE, entry.userId(), entry.key());
        }
    }

    /** Takes up some, no more than that many; returns whether there are more. */
    public boolean step(Handle tx, int most) throws SQLException {
        take(tx, ANY, most);
        return tx.number(HAS_ANY) > 0;
    }

    /** Takes up some that a search for memories of the user would miss; returns whether there are more. */
    public boolean step(Handle tx, String userId) throws SQLException {
        take(tx, SOME_LIVE, userId, MOST_IN_STEP_OF_SEARCH);
        return hidesAny(tx, userId);
    }

    /** How many there are. */
    long size(Handle handle) throws SQLException {
        return handle.number("SELECT count(*) FROM search_pending");
    }

    /** Whether a search for memories of the user would miss any. */
    public boolean hidesAny(Handle handle, String userId) throws SQLException {
        return handle.number(HAS_LIVE, userId) > 0;
    }

    /** Whether a search for memories of the user would miss more than that many. */
    public boolean hidesMore(Handle handle, String userId, int many) throws SQLException {
        return handle.number(HAS_MORE_LIVE, userId, many) > 0;
    }

    /** Some of what a search for memories of the user would miss, no more than that many. */
    public List<MemoryEntry> hidden(Handle handle, String userId, int most) throws SQLException {
        List<MemoryEntry> hidden = new ArrayList<>();
        try (ResultSet rows = handle.query(SOME_LIVE, userId, most)) {
            while (rows.next()) {
                MemoryEntry entry = MemoryRow.readable(rows, userId);
                if (entry != null) {
                    hidden.add(entry);
                }
            }
        }
        return hidden;
    }

    private void take(Handle tx, String sql, Object... arguments) throws SQLException {
        List<SearchIndex.Change> changes = new ArrayList<>();
        boolean erases = false;
        try (ResultSet rows = tx.query(sql, arguments)) {
            for (long chars = 0; chars < MOST_CHARS_IN_STEP && rows.next(); ) {
                String userId = rows.getString(MemoryRow.WIDTH + 1);
                String goneValue = rows.getString(MemoryRow.WIDTH + 4);
                Set<String> gone = goneValue == null
                        ? Set.of()
                        : IndexedMemory.surfaces(rows.getString(MemoryRow.WIDTH + 3), goneValue);
                erases |= goneValue != null;
                MemoryEntry now = rows.getString(1) == null ? null : MemoryRow.readable(rows, userId);
                changes.add(new SearchIndex.Change(userId, rows.getLong(MemoryRow.WIDTH + 2), now, gone));
                chars += (goneValue == null ? 0 : goneValue.length())
                        + (now == null ? 0 : now.value().length());
            }
        }
        index.update(tx, changes);
        if (erases) {
            ErasureNote.note(tx);
        }
        for (SearchIndex.Change change : changes) {
            tx.update(TAKEN, change.userId(), change.id());
        }
    }
}
