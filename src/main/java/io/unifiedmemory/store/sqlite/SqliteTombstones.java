package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.Tombstones;
import io.unifiedmemory.store.sqlite.db.ErasureNote;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;

/** The remembered deletes in the database file. Thread-safe. */
final class SqliteTombstones implements Tombstones {

    private static final String OF_KEYS = """
            DELETE FROM tombstone WHERE (user_id, key) IN (
                SELECT user_id, key FROM tombstone t
                WHERE made < ?1
                  AND NOT EXISTS (SELECT 1 FROM outbox o
                                  WHERE o.user_id = t.user_id AND o.scope = 'KEY' AND o.key = t.key)
                  AND NOT EXISTS (SELECT 1 FROM outbox o
                                  WHERE o.user_id = t.user_id AND o.scope IN ('AGE', 'USER'))
                LIMIT ?2)""";

    private static final String OF_USERS = """
            DELETE FROM user_tombstone WHERE user_id IN (
                SELECT user_id FROM user_tombstone t
                WHERE version < ?1
                  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.user_id = t.user_id)
                LIMIT ?2)""";

    private final SqliteDatabase database;
    private final Runnable textMayBeGone;

    /** @param textMayBeGone called after keys have left the tables; must not block */
    SqliteTombstones(SqliteDatabase database, Runnable textMayBeGone) {
        this.database = database;
        this.textMayBeGone = textMayBeGone;
    }

    @Override
    public int forget(HlcTimestamp before, int limit) {
        int forgotten = database.<Integer>write(tx -> {
            int keys = tx.update(OF_KEYS, before.stamp(), limit);
            int all = keys < limit ? keys + tx.update(OF_USERS, before.stamp(), limit - keys) : keys;
            if (all > 0) {
                ErasureNote.note(tx);
            }
            return all;
        });
        if (forgotten > 0) {
            textMayBeGone.run();
        }
        return forgotten;
    }
}
