package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.spi.Outbox;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.store.OutboxPayload;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Sql;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

/**
 * The outbox, for delivery. Each change is one statement that looks at the state again, so instances need no lock to
 * work on it side by side. Thread-safe.
 */
final class PostgresOutbox implements Outbox {

    /** An entry that is due later than a pause can be was postponed by a clock that has been set back since. */
    private static final String DUE = "SELECT " + OutboxTable.COLUMNS + " FROM unified_memory.outbox"
            + " WHERE backend = ? AND dead = 0 AND (due_at <= ?"
            + " OR (due_at > ? AND due_at > ? + (1000 << least(attempts, 8)))) ORDER BY version LIMIT ?";

    /** A claim that ends later than any claim can now was made before the clock was set back. */
    private static final String CLAIM = "UPDATE unified_memory.outbox SET due_at = ?, busy_until = ? WHERE "
            + OutboxTable.THIS
            + " AND version = ? AND operation = ? AND dead = 0 AND (busy_until <= ? OR busy_until > ?)";

    private static final String REMOVE = "DELETE FROM unified_memory.outbox WHERE " + OutboxTable.THIS
            + " AND (version < ? OR (version = ? AND operation = ?))";

    /** A write that waited for one which is confirmed now need not wait any longer. */
    private static final String FOLLOW = "UPDATE unified_memory.outbox SET due_at = least(due_at, ?), busy_until = 0"
            + " WHERE " + OutboxTable.THIS + " AND version > ? AND busy_until = ?";

    /** Before a restored database was compared, a confirmation would claim too much: that all was received earlier. */
    private static final String CONFIRM = "INSERT INTO unified_memory.confirmation AS c (backend, at)"
            + " VALUES (?, ?) ON CONFLICT (backend) DO UPDATE SET at = excluded.at";

    private final PostgresDatabase database;
    private final PostgresComparisonLog comparisons;
    private final Clock clock;

    PostgresOutbox(PostgresDatabase database, PostgresComparisonLog comparisons, Clock clock) {
        this.database = database;
        this.comparisons = comparisons;
        this.clock = clock;
    }

    @Override
    public List<OutboxEntry> due(String backend, long nowMillis, long longestTryMillis, int limit) {
        long latest = nowMillis + longestTryMillis;
        List<OutboxEntry> readable = new ArrayList<>();
        for (Item item : OutboxTable.items(database.run(Sql.of(DUE, backend, nowMillis, latest, latest, limit)))) {
            if (item.dead()) {
                deadLetter(item.entry(), String.valueOf(item.error()));
            } else {
                readable.add(item.entry());
            }
        }
        return readable;
    }

    @Override
    public List<OutboxEntry> claim(Collection<OutboxEntry> entries, long nowMillis, long busyMillis) {
        List<Sql> claims = entries.stream()
                .map(entry -> OutboxTable.about(
                        entry,
                        List.of(busyMillis, busyMillis),
                        CLAIM,
                        entry.version().stamp(),
                        entry.operation().name(),
                        nowMillis,
                        busyMillis))
                .toList();
        List<OutboxEntry> claimed = new ArrayList<>();
        Iterator<Result> results = inOne(claims).iterator();
        for (OutboxEntry entry : entries) {
            if (results.next().changed() > 0) {
                claimed.add(entry.dueAt(busyMillis));
            }
        }
        return claimed;
    }

    /** Runs changes in one round trip, each for itself: they are about different rows and right one by one. */
    private List<Result> inOne(List<Sql> changes) {
        return changes.isEmpty() ? List.of() : database.run(changes);
    }

    @Override
    public void acknowledge(Collection<OutboxEntry> delivered) {
        List<Sql> changes = new ArrayList<>();
        for (OutboxEntry entry : delivered) {
            long stamp = entry.version().stamp();
            String remove = REMOVE + (entry.permanently() ? "" : OutboxPayload.UNLESS_ERASING);
            changes.add(OutboxTable.about(
                    entry, remove, stamp, stamp, entry.operation().name()));
            changes.add(OutboxTable.about(entry, List.of(clock.millis()), FOLLOW, stamp, entry.dueMillis()));
        }
        for (String backend :
                new TreeSet<>(delivered.stream().map(OutboxEntry::backend).toList())) {
            if (isConfirmed(backend) || !comparisons.isRestored(backend)) {
                changes.add(Sql.of(CONFIRM, backend, clock.millis()));
            }
        }
        inOne(changes);
    }

    private boolean isConfirmed(String backend) {
        return database.run(Sql.of("SELECT count(*) FROM unified_memory.confirmation WHERE backend = ?", backend))
                        .number()
                > 0;
    }

    @Override
    public void postpone(OutboxEntry owed, long dueMillis, long busyMillis, String error) {
        String sql = "UPDATE unified_memory.outbox SET attempts = attempts + 1, due_at = ?, error = ?, busy_until = ?"
                + " WHERE " + OutboxTable.THIS + " AND version = ?";
        database.run(OutboxTable.about(
                owed, List.of(dueMillis, error, busyMillis), sql, owed.version().stamp()));
    }

    @Override
    public void expedite(String backend, long nowMillis) {
        database.run(Sql.of(
                "UPDATE unified_memory.outbox SET due_at = greatest(?, busy_until)"
                        + " WHERE backend = ? AND attempts > 0 AND due_at > ?",
                nowMillis,
                backend,
                nowMillis));
    }

    @Override
    public void deadLetter(OutboxEntry owed, String error) {
        String sql = "UPDATE unified_memory.outbox SET attempts = attempts + 1, dead = 1, error = ? WHERE "
                + OutboxTable.THIS + " AND version = ?";
        database.run(OutboxTable.about(owed, List.of(error), sql, owed.version().stamp()));
    }
}
