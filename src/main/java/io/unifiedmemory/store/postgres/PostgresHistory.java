package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.Position;
import io.unifiedmemory.memory.spi.History;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What keys held before, in the database. Thread-safe. */
final class PostgresHistory implements History {

    private static final int AT_ONCE = 20;

    private final PostgresDatabase database;
    private final RevisionTable revisions;

    PostgresHistory(PostgresDatabase database, RevisionTable revisions) {
        this.database = database;
        this.revisions = revisions;
    }

    /** In small steps, because the texts of one that is broken off have been fetched for nothing. */
    @Override
    public List<Revision> list(
            String userId, @Nullable String key, @Nullable Position after, int limit, long maxChars) {
        int most = database.history().isOn() ? limit : 0;
        List<Revision> found = new ArrayList<>();
        long chars = 0;
        Position last = after;
        while (true) {
            int wanted = Math.min(AT_ONCE, most - found.size());
            List<Row> rows = database.run(RevisionTable.list(Owners.of(userId), key, last, wanted))
                    .rows();
            for (Row row : rows) {
                Revision revision = RevisionTable.revision(row, userId);
                chars += revision.entry().value().length();
                if (chars > maxChars && !found.isEmpty()) {
                    return found;
                }
                found.add(revision);
                last = revision.position();
            }
            if (rows.size() < wanted || found.size() >= most) {
                return found;
            }
        }
    }

    @Override
    public List<KeptRevision> walk(String userId, @Nullable Position after, int limit, long maxChars) {
        return database.run(RevisionTable.walk(Owners.of(userId), after, limit, maxChars)).rows().stream()
                .map(row -> RevisionTable.kept(row, userId))
                .toList();
    }

    @Override
    public @Nullable Revision find(String userId, String key, int number) {
        List<Row> rows =
                database.run(RevisionTable.find(Owners.of(userId), key, number)).rows();
        return rows.isEmpty() || !database.history().isOn() ? null : RevisionTable.revision(rows.get(0), userId);
    }

    @Override
    public int forget(int limit) {
        return database.run(revisions.forget(limit)).changed();
    }

    @Override
    public int forgetExcess(int limit) {
        return database.run(revisions.forgetExcess(limit)).changed();
    }
}
