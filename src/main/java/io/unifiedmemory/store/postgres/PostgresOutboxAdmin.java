package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The outbox, for people. Thread-safe. */
final class PostgresOutboxAdmin implements OutboxAdmin {

    private static final String BACKLOG = "SELECT"
            + " (SELECT count(*) FROM unified_memory.outbox WHERE backend = ? AND dead = 0),"
            + " (SELECT min(version) FROM unified_memory.outbox WHERE backend = ? AND dead = 0),"
            + " (SELECT count(*) FROM unified_memory.outbox WHERE backend = ? AND dead = 1),"
            + " (SELECT at FROM unified_memory.confirmation WHERE backend = ?)";

    private final PostgresDatabase database;

    PostgresOutboxAdmin(PostgresDatabase database) {
        this.database = database;
    }

    @Override
    public List<String> backends() {
        return database
                .run(Sql.of("SELECT DISTINCT backend FROM unified_memory.outbox ORDER BY backend"))
                .rows()
                .stream()
                .map(row -> row.text(1))
                .toList();
    }

    @Override
    public Backlog backlog(String backend) {
        Row row = database.run(Sql.of(BACKLOG, backend, backend, backend, backend))
                .rows()
                .get(0);
        Long oldest = row.numberOrNull(2);
        return new Backlog(
                row.number(1),
                oldest == null ? null : (Long) new HlcTimestamp(oldest).millis(),
                row.number(3),
                row.numberOrNull(4));
    }

    @Override
    public List<Item> page(String backend, @Nullable Item after, int limit) {
        String start = "SELECT " + OutboxTable.COLUMNS + " FROM unified_memory.outbox WHERE backend = ?";
        String end = " ORDER BY dead, version, user_id, scope, key LIMIT ?";
        if (after == null) {
            return OutboxTable.items(database.run(Sql.of(start + end, backend, limit)));
        }
        OutboxEntry last = after.entry();
        return OutboxTable.items(database.run(Sql.of(
                start + " AND (dead, version, user_id, scope, key) > (?, ?, ?, ?, ?)" + end,
                backend,
                after.dead() ? 1 : 0,
                last.version().stamp(),
                last.userId(),
                last.operation().scope().name(),
                last.key(),
                limit)));
    }

    @Override
    public int retry(@Nullable String backend) {
        String of = backend == null ? "" : " AND backend = ?";
        @Nullable Object[] arguments = backend == null ? new Object[0] : new Object[] {backend};
        List<Result> results = database.run(List.of(
                Sql.of("UPDATE unified_memory.outbox SET due_at = 0 WHERE dead = 0" + of, arguments),
                Sql.of("UPDATE unified_memory.outbox SET dead = 0, due_at = 0 WHERE dead = 1" + of, arguments)));
        return results.get(1).changed();
    }

    @Override
    public int drop(@Nullable String backend) {
        String sql = "DELETE FROM unified_memory.outbox WHERE dead = 1";
        return database.run(backend == null ? Sql.of(sql) : Sql.of(sql + " AND backend = ?", backend))
                .changed();
    }

    @Override
    public int dropAll(String backend) {
        return database.run(Sql.of("DELETE FROM unified_memory.outbox WHERE backend = ?", backend))
                .changed();
    }
}
