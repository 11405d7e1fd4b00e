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

    /** The number of a memory that is gone may have become another user's. */
    private static final String BY_ID = "SELECT " + MemoryRow.COLUMNS + " FROM memory WHERE id = ?1 AND user_id = ?2";

    /** SQLite's LIKE reads a text up to its first NUL, so every text with one is a candidate. */
    private static final String MAY_CONTAIN = "SELECT id FROM memory WHERE user_id = ?1 AND (key LIKE ?2 ESCAPE '"
            + LikePattern.ESCAPE + "' OR value LIKE ?2 ESCAPE '" + LikePattern.ESCAPE
            + "' OR instr(key, char(0)) OR instr(value, char(0))) ORDER BY updated_at DESC, version DESC";

    private final Handle handle;
    private final String userId;
    private final Set<Long> without;

    /** @param without numbers of memories that are passed over */
    SqliteMemoryReader(Handle handle, String userId, Set<Long> without) {
        this.handle = handle;
        this.userId = userId;
        this.without = without;
    }

    @Override
    public @Nullable MemoryEntry load(long id) throws SQLException {
        if (without.contains(id)) {
            return null;
        }
        try (ResultSet row = handle.query(BY_ID, id, userId)) {
            return row.next() ? MemoryRow.readable(row, userId) : null;
        }
    }

    @Override
    public void scan(Query query, Visitor<SQLException> visitor) throws SQLException {
        try (ResultSet rows = handle.query(MAY_CONTAIN, userId, LikePattern.of(query.folded()))) {
            boolean more = true;
            while (more && rows.next()) {
                more = visitor.visit(rows.getLong(1));
            }
        }
    }
}
