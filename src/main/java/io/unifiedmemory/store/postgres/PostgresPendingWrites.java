package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PendingWrites;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The outbox, for reads. Thread-safe. */
final class PostgresPendingWrites implements PendingWrites {

    private static final String OF_USER =
            "SELECT " + OutboxTable.COLUMNS + " FROM unified_memory.outbox WHERE owner = ?";

    private final PostgresDatabase database;

    PostgresPendingWrites(PostgresDatabase database) {
        this.database = database;
    }

    private List<OutboxEntry> entries(String sql, @Nullable Object... arguments) {
        return OutboxTable.items(database.run(Sql.of(sql, arguments))).stream()
                .map(Item::entry)
                .toList();
    }

    @Override
    public List<OutboxEntry> concerning(String backend, String userId, String key) {
        return entries(
                OF_USER + " AND backend = ? AND (scope IN ('AGE', 'USER') OR (scope = 'KEY' AND key = ?))",
                Owners.of(userId),
                backend,
                key);
    }

    @Override
    public List<OutboxEntry> ofUser(String userId, int limit) {
        return entries(OF_USER + " LIMIT ?", Owners.of(userId), limit);
    }

    @Override
    public List<String> backends(String userId) {
        return database
                .run(Sql.of("SELECT DISTINCT backend FROM unified_memory.outbox WHERE owner = ?", Owners.of(userId)))
                .rows()
                .stream()
                .map(row -> row.text(1))
                .toList();
    }

    @Override
    public Lookup lookup(String userId, String key) {
        UUID owner = Owners.of(userId);
        // In one version, DELETE sorts before STORE.
        List<Result> results = database.run(List.of(
                Sql.of(
                        OF_USER + " AND (scope = 'USER' OR (scope = 'KEY' AND key = ?))"
                                + " ORDER BY version DESC, operation LIMIT 1",
                        owner,
                        key),
                Sql.of(OF_USER + " AND scope = 'AGE'", owner),
                MemoryTable.find(owner, key)));
        List<Item> newest = OutboxTable.items(results.get(0));
        if (newest.isEmpty()) {
            return Lookup.MISSING;
        }
        OutboxEntry owed = newest.get(0).entry();
        MemoryEntry memory = owed.entry();
        if (owed.operation() != Operation.STORE) {
            return new Lookup.Deleted(owed.version());
        }
        if (memory == null) {
            return KeyState.read(results.get(2), userId).lookup();
        }
        return OutboxTable.items(results.get(1)).stream()
                        .anyMatch(cleanup -> cleanup.entry().expires(memory))
                ? new Lookup.Deleted(memory.version())
                : new Lookup.Found(memory);
    }

    @Override
    public HlcTimestamp newest() {
        return new HlcTimestamp(database.run(Sql.of("SELECT coalesce(max(version), 0) FROM unified_memory.outbox"))
                .number());
    }
}
