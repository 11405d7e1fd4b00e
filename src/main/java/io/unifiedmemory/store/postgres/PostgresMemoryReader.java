package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.MemoryReader;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.LikePattern;
import io.unifiedmemory.store.postgres.db.EscapedText;
import io.unifiedmemory.store.postgres.db.MemoryRow;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Session;
import io.unifiedmemory.store.postgres.db.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One user's memories, read in the transaction of a session. */
final class PostgresMemoryReader implements MemoryReader<SQLException> {

    private static final String BY_ID =
            "SELECT id, " + MemoryRow.COLUMNS + " FROM unified_memory.memory WHERE owner = ? AND id = ANY (?)";

    /**
     * The lower case of the collation "C" is that of ASCII. A text with a character that stands in another form in the
     * database is always a candidate.
     */
    private static final String MAY_CONTAIN = "SELECT id, " + MemoryRow.COLUMNS
            + " FROM unified_memory.memory WHERE owner = ?"
            + " AND (lower(key COLLATE \"C\") LIKE ? OR lower(value COLLATE \"C\") LIKE ? OR position(CAST(? AS text) IN value) > 0)"
            + " ORDER BY updated_at DESC NULLS LAST, version DESC LIMIT ? OFFSET ?";

    /** Memories that are read at a time when all have to be looked at. */
    private static final int ROWS = 200;

    private final Session session;
    private final UUID owner;
    private final String userId;
    /** Numbers that were asked for, or met in a scan. */
    private final Set<Long> known = new HashSet<>();
    /** The memories among them that are there and can be read. */
    private final Map<Long, MemoryEntry> read = new HashMap<>();

    PostgresMemoryReader(Session session, UUID owner, String userId) {
        this.session = session;
        this.owner = owner;
        this.userId = userId;
    }

    /** Earlier memories are given up: a hit is kept by whoever found it, and memories may be long. */
    @Override
    public void expect(long[] ids) throws SQLException {
        Set<Long> expected = Arrays.stream(ids).boxed().collect(Collectors.toSet());
        known.retainAll(expected);
        read.keySet().retainAll(expected);
        expected.removeAll(known);
        if (!expected.isEmpty()) {
            take(session.run(Sql.of(BY_ID, owner, List.copyOf(expected))).get(0).rows(), 2);
            known.addAll(expected);
        }
    }

    @Override
    public @Nullable MemoryEntry load(long id) throws SQLException {
        if (!known.contains(id)) {
            take(session.run(Sql.of(BY_ID, owner, List.of(id))).get(0).rows(), 2);
            known.add(id);
        }
        return read.get(id);
    }

    /** Returns the numbers in the order of the rows. */
    private List<Long> take(List<Row> rows, int first) {
        List<Long> ids = new ArrayList<>();
        for (Row row : rows) {
            MemoryEntry entry = MemoryRow.readable(row, first, userId);
            if (entry != null) {
                read.put(row.number(1), entry);
                known.add(row.number(1));
                ids.add(row.number(1));
            }
        }
        return ids;
    }

    @Override
    public void scan(Query query, Visitor<SQLException> visitor) throws SQLException {
        String pattern = LikePattern.of(query.folded());
        for (int offset = 0; ; offset += ROWS) {
            List<Row> rows = session.run(Sql.of(MAY_CONTAIN, owner, pattern, pattern, EscapedText.MARK, ROWS, offset))
                    .get(0)
                    .rows();
            for (long id : take(rows, 2)) {
                if (!visitor.visit(id)) {
                    return;
                }
            }
            if (rows.size() < ROWS) {
                return;
            }
        }
    }
}
