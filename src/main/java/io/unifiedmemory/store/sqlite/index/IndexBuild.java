package io.unifiedmemory.store.sqlite.index;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.IndexedMemory;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.MemoryRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Puts the memories of a file into an index that does not know them yet, in small transactions. How far it got stands
 * in the file, so any process goes on where any other stopped; what is written meanwhile is on the
 * {@linkplain PendingList pending list} as always. Stateless.
 *
 * <p>{@code search_build} has one row while there is something to do: up to which id it is done, and to which it has to
 * be.
 */
public final class IndexBuild {

    public static final int COMPLETE = 100;

    /** Begins with the memories that are there; nothing to do when there are none. */
    private static final String BEGIN =
            "INSERT INTO search_build (done, last) SELECT 0, id FROM memory ORDER BY id DESC LIMIT 1";

    /** Memories and characters of a step: other writers wait for it. */
    private static final int MOST_IN_STEP = 400;

    private static final int MOST_CHARS_IN_STEP = 200_000;

    /** Neither those that the index knows nor those that are pending, so that no word is counted twice. */
    private static final String UNKNOWN = """
            NOT EXISTS (SELECT 1 FROM search_entry WHERE id = m.id)
            AND NOT EXISTS (SELECT 1 FROM search_pending WHERE user_id = m.user_id AND live = 1 AND id = m.id)""";

    private static final String NEXT = "SELECT " + MemoryRow.COLUMNS
            + ", id, user_id FROM memory m WHERE id > ?1 AND id <= ?2 AND " + UNKNOWN + " ORDER BY id";

    private static final String MISSES =
            "SELECT EXISTS (SELECT 1 FROM memory m WHERE user_id = ?1 AND " + UNKNOWN + ")";

    /** What was read by the rules of an earlier build, and is not pending; the memory is missing where it is damaged. */
    private static final String OUTDATED = "SELECT " + MemoryRow.COLUMNS
            + ", e.id, u.user_id FROM search_entry e CROSS JOIN search_user u ON u.number = e.user"
            + " LEFT JOIN memory m ON m.id = e.id AND m.user_id = u.user_id WHERE e.analysis < 1"
            + " AND NOT EXISTS (SELECT 1 FROM search_pending p"
            + " WHERE p.user_id = u.user_id AND p.live IN (0, 1) AND p.id = e.id) LIMIT ?1";

    /** Fewer than in a step of a build: the index is of use as it is, so nobody has to wait for it. */
    private static final int MOST_IN_RENEWAL = 64;

    private static final int MOST_CHARS_IN_RENEWAL = 40_000;

    private final SearchIndex index;

    public IndexBuild(SearchIndex index) {
        this.index = index;
    }

    /** How much is done, in percent; {@link #COMPLETE} only when everything is. */
    int percent(Handle handle) throws SQLException {
        try (ResultSet row = handle.query("SELECT 99 * done / last FROM search_build")) {
            return row.next() ? row.getInt(1) : COMPLETE;
        }
    }

    /** Empties the index, so that the steps build it anew. */
    void restart(Handle tx) throws SQLException {
        tx.update("DELETE FROM search_build");
        tx.update("DELETE FROM search_entry");
        tx.update("DELETE FROM search_word");
        tx.update("DELETE FROM search_gram");
        tx.update("DELETE FROM search_user");
        tx.update("DELETE FROM search_pending");
        tx.update("INSERT INTO search_term (search_term) VALUES ('delete-all')");
        tx.update(BEGIN);
    }

    /** Takes one step; returns what {@link #percent} then says. */
    public int step(Handle tx) throws SQLException {
        long done;
        long last;
        try (ResultSet row = tx.query("SELECT done, last FROM search_build")) {
            if (!row.next()) {
                return COMPLETE;
            }
            done = row.getLong(1);
            last = row.getLong(2);
        }
        List<SearchIndex.Change> changes = new ArrayList<>();
        boolean more = false;
        try (ResultSet rows = tx.query(NEXT, done, last)) {
            long chars = 0;
            for (int count = 0; count < MOST_IN_STEP && chars < MOST_CHARS_IN_STEP && rows.next(); count++) {
                more = true;
                done = rows.getLong(MemoryRow.WIDTH + 1);
                MemoryEntry entry = MemoryRow.readable(rows, rows.getString(MemoryRow.WIDTH + 2));
                if (entry != null) {
                    changes.add(new SearchIndex.Change(entry.userId(), done, entry, Set.of()));
                    chars += entry.value().length();
                }
            }
        }
        index.updateInBuild(tx, changes);
        if (more && done < last) {
            tx.update("UPDATE search_build SET done = ?1", done);
        } else {
            tx.update("DELETE FROM search_build");
        }
        return percent(tx);
    }

    /**
     * Takes a step of reading again what was read by the rules of an earlier build; returns whether there may be more.
     * Each memory stays in the index until it is there anew, and any process may take any step.
     */
    boolean renew(Handle tx) throws SQLException {
        List<SearchIndex.Change> changes = new ArrayList<>();
        List<Long> unreadable = new ArrayList<>();
        try (ResultSet rows = tx.query(OUTDATED, MOST_IN_RENEWAL)) {
            for (long chars = 0; chars < MOST_CHARS_IN_RENEWAL && rows.next(); ) {
                MemoryEntry entry = rows.getString(1) == null
                        ? null
                        : MemoryRow.readable(rows, rows.getString(MemoryRow.WIDTH + 2));
                if (entry == null) {
                    unreadable.add(rows.getLong(MemoryRow.WIDTH + 1));
                } else {
                    Set<String> surfaces = IndexedMemory.surfaces(entry.key(), entry.value());
                    changes.add(
                            new SearchIndex.Change(entry.userId(), rows.getLong(MemoryRow.WIDTH + 1), entry, surfaces));
                    chars += entry.value().length();
                }
            }
        }
        index.update(tx, changes);
        for (long id : unreadable) {
            tx.update("UPDATE search_entry SET analysis = ?2 WHERE id = ?1", id, IndexedMemory.ANALYSIS);
        }
        return !changes.isEmpty() || !unreadable.isEmpty();
    }

    /** Whether anything was read by the rules of an earlier build. */
    boolean isOutdated(Handle handle) throws SQLException {
        return handle.number("SELECT EXISTS (SELECT 1 FROM search_entry WHERE analysis < 1)") > 0;
    }

    /** Takes a step of what is left to do when everything is found already; returns whether there may be more. */
    boolean tidy(Handle tx) throws SQLException {
        return index.tidy(tx);
    }

    /** Whether no memory of the user has still to be built in. */
    public boolean covers(Handle handle, String userId) throws SQLException {
        return percent(handle) == COMPLETE || handle.number(MISSES, userId) == 0;
    }
}
