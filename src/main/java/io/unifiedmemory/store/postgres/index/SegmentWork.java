package io.unifiedmemory.store.postgres.index;

import io.unifiedmemory.search.segment.BuiltSegment;
import io.unifiedmemory.search.segment.LiveSegments;
import io.unifiedmemory.search.segment.MergePolicy;
import io.unifiedmemory.search.segment.PageCache;
import io.unifiedmemory.search.segment.Segment;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Session;
import io.unifiedmemory.store.postgres.db.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The steps that keep users' indexes up: what is pending becomes a segment, and segments are merged. Any instance may
 * take any step at any time. Thread-safe.
 */
public final class SegmentWork {

    /** The number of memories that become one segment. */
    private static final int MOST_IN_STEP = 256;

    private final PostgresDatabase database;
    private final PageCache cache;

    public SegmentWork(PostgresDatabase database, PageCache cache) {
        this.database = database;
        this.cache = cache;
    }

    /**
     * Forgets the index of a user, so that all memories are pending. Searches and the user's writes go on meanwhile; the
     * next ones do the work that {@link #index} has not done by then.
     */
    public void forget(UUID owner) {
        database.run(session -> {
            List<Row> accounts =
                    session.begin(SegmentTable.nextNumber(owner)).get(0).rows();
            List<Sql> changes = new ArrayList<>(SegmentTable.removeAll(owner));
            changes.add(SegmentTable.indexed(owner, 0));
            if (!accounts.isEmpty() && accounts.get(0).number(2) > 0) {
                changes.add(PendingTable.noteFirst(owner, 1));
            }
            return session.commit(changes);
        });
    }

    /** Takes up all that is pending of a user, and merges what is due. */
    public void catchUp(UUID owner) {
        boolean more = true;
        while (more) {
            more = index(owner);
        }
        do {
            more = merge(owner);
        } while (more);
    }

    /** Takes up what is pending of a user, in one segment, while the user's writes wait; returns whether there is more. */
    public boolean index(UUID owner) {
        return database.<Boolean>run(session -> {
            List<Result> results = session.begin(SegmentTable.nextNumber(owner), PendingTable.of(owner, MOST_IN_STEP));
            if (results.get(0).rows().isEmpty()) {
                return false; // There is no such user.
            }
            Row account = results.get(0).rows().get(0);
            long lastId = account.number(2);
            Result pending = results.get(1);
            int count = pending.rows().size();
            boolean more = count == MOST_IN_STEP;
            long upTo = more ? pending.rows().get(count - 1).number(1) : lastId;
            long indexed = Math.max(account.number(3), upTo);
            List<Sql> changes = new ArrayList<>();
            if (count > 0) {
                changes.addAll(SegmentTable.add(
                        owner,
                        account.number(1),
                        account.number(1),
                        PendingTable.segment(pending, "").build()));
            }
            changes.add(PendingTable.remove(owner, upTo));
            changes.add(SegmentTable.indexed(owner, indexed));
            if (indexed < lastId) {
                changes.add(PendingTable.noteFirst(owner, indexed + 1));
            }
            session.commit(changes);
            return more;
        });
    }

    /**
     * Merges segments of a user, if that is due; returns whether it was. The merged one is built while others read and
     * write; the user's writes wait only while it takes the places of the others.
     */
    public boolean merge(UUID owner) {
        Optional<Merged> merged = database.run(session -> {
            Optional<Merged> built = build(session, owner);
            session.commit(List.of());
            return built;
        });
        return merged.isPresent() && database.<Boolean>run(session -> replace(session, owner, merged.get()));
    }

    /** One segment in the place of several. */
    private record Merged(List<Long> numbers, long rank, BuiltSegment built) {}

    private Optional<Merged> build(Session session, UUID owner) throws SQLException {
        Result roots = session.beginLongSnapshot(SegmentTable.roots(owner)).get(0);
        List<Segment> segments = SegmentTable.segments(roots);
        LiveSegments<SQLException> live = new LiveSegments<>(segments, new SegmentPages(session, owner), cache);
        MergePolicy.Run run = MergePolicy.next(live.sizes());
        if (run == null) {
            return Optional.empty();
        }
        List<Row> rows = roots.rows().subList(run.from(), run.to());
        return Optional.of(new Merged(
                rows.stream().map(row -> row.number(1)).toList(),
                rows.get(rows.size() - 1).number(3),
                live.merge(run)));
    }

    private static boolean replace(Session session, UUID owner, Merged merged) throws SQLException {
        List<Sql> first = new ArrayList<>(List.of(SegmentTable.nextNumber(owner)));
        first.addAll(SegmentTable.remove(owner, merged.numbers()));
        List<Result> results = session.begin(first.toArray(new Sql[0]));
        if (results.get(1).changed() < merged.numbers().size()) {
            return false; // Another instance was faster. The transaction is rolled back.
        }
        session.commit(
                merged.built().isEmpty()
                        ? List.of()
                        : SegmentTable.add(owner, results.get(0).number(), merged.rank(), merged.built()));
        return true;
    }

    /** The users of whom something is pending, some of them. */
    List<UUID> behind(int limit) {
        return database.run(PendingTable.owners(limit)).rows().stream()
                .map(row -> row.uuid(1))
                .toList();
    }
}
