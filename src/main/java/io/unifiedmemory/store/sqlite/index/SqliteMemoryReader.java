package io.unifiedmemory.store.sqlite.index;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.MemoryReader;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.LikePattern;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.MemoryRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One user's memories in the database file, in one snapshot. */
final class SqliteMemoryReader implements MemoryReader<SQLException> {

    private static final String IS_INDEXED = " AND EXISTS (SELECT 1 FROM search_entry WHERE id = m.id)"
            + " AND NOT EXISTS (SELECT 1 FROM search_pending WHERE user_id = m.user_id AND live = 1 AND id = m.id)";

    /** The number of a memory that is gone may have become another user's. */
    private static final String BY_ID = "SELECT " + MemoryRow.COLUMNS + " FROM memory m WHERE id = ?1 AND user_id = ?2";

    private static final String INDEXED_BY_ID = BY_ID + IS_INDEXED;

    /** SQLite's LIKE reads a text up to its first NUL, so every text with one is a candidate. */
    private static final String MAY_CONTAIN = " AND (key LIKE ?2 ESCAPE '" + LikePattern.ESCAPE
            + "' OR value LIKE ?2 ESCAPE '" + LikePattern.ESCAPE
            + "' OR instr(key, char(0)) OR instr(value, char(0))) ORDER BY updated_at DESC, version DESC";

    private static final String SCAN = "SELECT id FROM memory m WHERE user_id = ?1" + MAY_CONTAIN;

    private static final String SCAN_INDEXED = "SELECT id FROM memory m WHERE user_id = ?1" + IS_INDEXED + MAY_CONTAIN;

    private final Handle handle;
    private final String userId;
    private final Set<Long> without;
    private final boolean indexed;

    /**
     * @param without numbers of memories that are passed over
     * @param indexed whether those are passed over as well that the index does not know as they are now
     */
    SqliteMemoryReader(Handle handle, String userId, Set<Long> without, boolean indexed) {
        this.handle = handle;
        this.userId = userId;
        this.without = without;
        this.indexed = indexed;
    }

    @Override
    public @Nullable MemoryEntry load(long id) throws SQLException {
        return load(id, null);
    }

    @Override
    public @Nullable MemoryEntry loadIfContaining(long id, Query query) throws SQLException {
        return load(id, query);
    }

    /** @param query what key or text must contain; null when they may be any */
    private @Nullable MemoryEntry load(long id, @Nullable Query query) throws SQLException {
        if (without.contains(id)) {
            return null;
        }
        try (ResultSet row = handle.query(indexed ? INDEXED_BY_ID : BY_ID, id, userId)) {
            return row.next() && (query == null || query.isContainedIn(MemoryRow.key(row), MemoryRow.value(row)))
                    ? MemoryRow.readable(row, userId)
                    : null;
        }
    }

    @Override
    public void scan(Query query, Visitor<SQLException> visitor) throws SQLException {
        try (ResultSet rows = handle.query(indexed ? SCAN_INDEXED : SCAN, userId, LikePattern.of(query.folded()))) {
            boolean more = true;
            while (more && rows.next()) {
                more = visitor.visit(rows.getLong(1));
            }
        }
    }
}
