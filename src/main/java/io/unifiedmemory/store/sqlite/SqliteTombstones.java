package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.Tombstones;
import io.unifiedmemory.store.sqlite.db.ErasureNote;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    private static final String LIST_ALL = "SELECT version FROM user_tombstone WHERE user_id = ?";

    private static final String LIST_KEYS =
            "SELECT key, version FROM tombstone WHERE user_id = ? AND key > ? ORDER BY key LIMIT ?";

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

    @Override
    public List<Tombstone> list(String userId, @Nullable Tombstone after, int limit) {
        return database.read(handle -> handle.<List<Tombstone>>snapshot(tx -> {
            List<Tombstone> deletes = new ArrayList<>();
            if (after == null) {
                try (ResultSet row = tx.query(LIST_ALL, userId)) {
                    if (row.next()) {
                        deletes.add(new Tombstone(null, new HlcTimestamp(row.getLong(1))));
                    }
                }
            }
            int keys = limit - deletes.size();
            try (ResultSet rows = tx.query(LIST_KEYS, userId, Tombstone.keyAfter(after), keys)) {
                while (rows.next()) {
                    deletes.add(new Tombstone(rows.getString(1), new HlcTimestamp(rows.getLong(2))));
                }
            }
            return deletes;
        }));
    }
}
