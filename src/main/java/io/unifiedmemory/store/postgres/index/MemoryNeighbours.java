package io.unifiedmemory.store.postgres.index;

import io.unifiedmemory.search.segment.Conversations;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Session;
import io.unifiedmemory.store.postgres.db.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Where the memories of one user stand in their conversations, read in the transaction of a session. */
public final class MemoryNeighbours implements Conversations<SQLException> {

    /** Each memory of the best with itself (0), the two behind it (1) and the two before it (2), the nearest first. */
    private static final String NEIGHBOURS = "SELECT b.id, b.conversation, n.side, n.id"
            + " FROM unified_memory.memory b CROSS JOIN LATERAL ("
            + "SELECT 0 AS side, 0 AS place, b.id"
            + " UNION ALL (SELECT 1, row_number() OVER (ORDER BY a.said_at, a.id), a.id"
            + " FROM unified_memory.memory a WHERE a.owner = b.owner AND a.conversation = b.conversation"
            + " AND (a.said_at, a.id) > (b.said_at, b.id) ORDER BY a.said_at, a.id LIMIT 2)"
            + " UNION ALL (SELECT 2, row_number() OVER (ORDER BY a.said_at DESC, a.id DESC), a.id"
            + " FROM unified_memory.memory a WHERE a.owner = b.owner AND a.conversation = b.conversation"
            + " AND (a.said_at, a.id) < (b.said_at, b.id) ORDER BY a.said_at DESC, a.id DESC LIMIT 2)"
            + ") n WHERE b.owner = ? AND b.id = ANY (?) AND b.conversation IS NOT NULL"
            + " ORDER BY b.id, n.side, n.place";

    private static final int NEXT = 1;
    private static final int PREVIOUS = 2;

    private final Session session;
    private final UUID owner;

    public MemoryNeighbours(Session session, UUID owner) {
        this.session = session;
        this.owner = owner;
    }

    @Override
    public List<Neighbours> neighbours(long[] ids) throws SQLException {
        if (ids.length == 0) {
            return List.of();
        }
        List<Long> wanted = Arrays.stream(ids).boxed().toList();
        Map<Long, Neighbours> found = new HashMap<>();
        for (Row row : session.run(Sql.of(NEIGHBOURS, owner, wanted)).get(0).rows()) {
            long id = row.number(1);
            Neighbours of = found.computeIfAbsent(
                    id, each -> new Neighbours(each, row.number(2), new ArrayList<>(), new ArrayList<>()));
            if (row.number(3) == NEXT) {
                of.next().add(row.number(4));
            } else if (row.number(3) == PREVIOUS) {
                of.previous().add(row.number(4));
            }
        }
        // In the order that was asked for: it is that in which scores are added up, and so decides about their last
        // digit.
        return wanted.stream().map(found::get).filter(Objects::nonNull).toList();
    }
}
