package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PendingWrites;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.util.List;

/** The outbox of the database file, for reads. Thread-safe. */
final class SqlitePendingWrites implements PendingWrites {

    private final SqliteDatabase database;
    private final MemoryTable memories;

    SqlitePendingWrites(SqliteDatabase database, MemoryTable memories) {
        this.database = database;
        this.memories = memories;
    }

    /** The plus signs keep SQLite from walking through all of the backend instead of the few rows of the scope. */
    @Override
    public List<OutboxEntry> concerning(String backend, String userId, String key) {
        String rows = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE user_id = ?2 AND ";
        String sql = rows + "scope = 'KEY' AND key = ?3 AND backend = ?1 UNION ALL " + rows
                + "scope IN ('AGE', 'USER') AND +backend = ?1";
        return database.read(handle -> OutboxTable.items(handle, sql, backend, userId, key)).stream()
                .map(Item::entry)
                .toList();
    }

    @Override
    public List<OutboxEntry> ofUser(String userId, int limit) {
        String sql = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE user_id = ?1 LIMIT ?2";
        return database.read(handle -> OutboxTable.items(handle, sql, userId, limit)).stream()
                .map(Item::entry)
                .toList();
    }

    @Override
    public List<String> backends(String userId) {
        String sql = "SELECT backend FROM (" + OutboxTable.BACKENDS + ") b WHERE EXISTS"
                + " (SELECT 1 FROM outbox o WHERE o.user_id = ?1 AND +o.backend = b.backend)";
        return database.read(handle -> OutboxTable.texts(handle, sql, userId));
    }

    @Override
    public Lookup lookup(String userId, String key) {
        String ofScope = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE user_id = ?1 AND scope = ";
        String sql = ofScope + "'KEY' AND key = ?2 UNION ALL " + ofScope + "'USER'"
                + " ORDER BY version DESC, operation LIMIT 1"; // in one version, DELETE sorts before STORE
        List<Item> newest = database.read(handle -> OutboxTable.items(handle, sql, userId, key));
        if (newest.isEmpty()) {
            return Lookup.MISSING;
        }
        OutboxEntry owed = newest.get(0).entry();
        MemoryEntry entry = owed.entry();
        if (owed.operation() != Operation.STORE) {
            return new Lookup.Deleted(owed.version());
        }
        if (entry == null) {
            return database.read(handle -> memories.find(handle, userId, key));
        }
        List<Item> cleanups = database.read(handle -> OutboxTable.items(handle, ofScope + "'AGE'", userId));
        return cleanups.stream().anyMatch(item -> item.entry().expires(entry))
                ? new Lookup.Deleted(entry.version())
                : new Lookup.Found(entry);
    }

    @Override
    public HlcTimestamp newest() {
        String sql =
                "SELECT coalesce(max((SELECT max(version) FROM outbox o WHERE o.backend = b.backend AND o.dead = d.dead)),"
                        + " 0) FROM (" + OutboxTable.BACKENDS + ") b, (SELECT 0 AS dead UNION ALL SELECT 1) d";
        return new HlcTimestamp(database.read(handle -> handle.number(sql)));
    }
}
