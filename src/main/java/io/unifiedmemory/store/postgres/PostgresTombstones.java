package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.Tombstones;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Sql;

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
}
