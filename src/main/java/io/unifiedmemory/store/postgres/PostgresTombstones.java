package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.Tombstones;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The remembered deletes. Thread-safe.
 *
 * <p>Nobody can add what a backend is owed of an old delete while it is forgotten here: a write makes the delete that
 * it owes anew.
 */
final class PostgresTombstones implements Tombstones {

    private static final String OF_KEYS = "DELETE FROM unified_memory.tombstone WHERE (owner, key) IN ("
            + "SELECT t.owner, t.key FROM unified_memory.tombstone t WHERE t.made < ?"
            + " AND NOT EXISTS (SELECT 1 FROM unified_memory.outbox o WHERE o.owner = t.owner"
            + " AND (o.scope IN ('AGE', 'USER') OR (o.scope = 'KEY' AND o.key = t.key))) LIMIT ?)"
            + " AND made < ?";

    private static final String OF_USERS = "DELETE FROM unified_memory.user_tombstone WHERE owner IN ("
            + "SELECT t.owner FROM unified_memory.user_tombstone t WHERE t.version < ?"
            + " AND NOT EXISTS (SELECT 1 FROM unified_memory.outbox o WHERE o.owner = t.owner) LIMIT ?)"
            + " AND version < ?";

    private static final String LIST_ALL = "SELECT version FROM unified_memory.user_tombstone WHERE owner = ?";

    private static final String LIST_KEYS =
            "SELECT key, version FROM unified_memory.tombstone WHERE owner = ? AND key > ? ORDER BY key LIMIT ?";

    private final PostgresDatabase database;

    PostgresTombstones(PostgresDatabase database) {
        this.database = database;
    }

    @Override
    public int forget(HlcTimestamp before, int limit) {
        long stamp = before.stamp();
        int keys = database.run(Sql.of(OF_KEYS, stamp, limit, stamp)).changed();
        return keys < limit
                ? keys
                        + database.run(Sql.of(OF_USERS, stamp, limit - keys, stamp))
                                .changed()
                : keys;
    }

    @Override
    public List<Tombstone> list(String userId, @Nullable Tombstone after, int limit) {
        UUID owner = Owners.of(userId);
        List<Result> results = database.run(
                List.of(Sql.of(LIST_ALL, owner), Sql.of(LIST_KEYS, owner, Tombstone.keyAfter(after), limit)));
        Stream<Tombstone> ofAll = after != null
                ? Stream.empty()
                : results.get(0).rows().stream().map(row -> new Tombstone(null, new HlcTimestamp(row.number(1))));
        Stream<Tombstone> ofKeys =
                results.get(1).rows().stream().map(row -> new Tombstone(row.text(1), new HlcTimestamp(row.number(2))));
        return Stream.concat(ofAll, ofKeys).limit(limit).toList();
    }
}
