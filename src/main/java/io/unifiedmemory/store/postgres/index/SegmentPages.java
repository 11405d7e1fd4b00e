package io.unifiedmemory.store.postgres.index;

import io.unifiedmemory.search.segment.PageId;
import io.unifiedmemory.search.segment.PageSource;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Session;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The pages of one user's segments, read in the transaction of a session. */
public final class SegmentPages implements PageSource<SQLException> {

    private final Session session;
    private final UUID owner;

    public SegmentPages(Session session, UUID owner) {
        this.session = session;
        this.owner = owner;
    }

    @Override
    public Map<PageId, byte[]> pages(Set<PageId> pages) throws SQLException {
        Map<PageId, byte[]> found = new HashMap<>();
        for (Row row : session.run(SegmentTable.pages(owner, pages)).get(0).rows()) {
            found.put(new PageId(row.number(1), (int) row.number(2)), row.bytes(3));
        }
        return found;
    }
}
