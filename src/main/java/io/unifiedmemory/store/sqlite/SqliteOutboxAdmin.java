package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The outbox of the database file, for people. Thread-safe. */
final class SqliteOutboxAdmin implements OutboxAdmin {

    private final SqliteDatabase database;

    SqliteOutboxAdmin(SqliteDatabase database) {
        this.database = database;
    }

    @Override
    public List<String> backends() {
        return database.read(handle -> OutboxTable.texts(handle, OutboxTable.BACKENDS));
    }

    @Override
    public Backlog backlog(String backend) {
        return database.read(handle -> handle.snapshot(snapshot -> {
            long pending = snapshot.number("SELECT count(*) FROM outbox WHERE backend = ?1 AND dead = 0", backend);
            return new Backlog(
                    pending,
                    oldest(snapshot, backend),
                    snapshot.number("SELECT count(*) FROM outbox WHERE backend = ?1 AND dead = 1", backend),
                    confirmedMillis(snapshot, backend));
        }));
    }

    private static @Nullable Long oldest(Handle handle, String backend) throws SQLException {
        String sql = "SELECT version FROM outbox WHERE backend = ?1 AND dead = 0 ORDER BY version LIMIT 1";
        try (ResultSet row = handle.query(sql, backend)) {
            return row.next() ? new HlcTimestamp(row.getLong(1)).millis() : null;
        }
    }

    private static @Nullable Long confirmedMillis(Handle handle, String backend) throws SQLException {
        try (ResultSet row = handle.query("SELECT at FROM confirmation WHERE backend = ?1", backend)) {
            return row.next() ? row.getLong(1) : null;
        }
    }

    @Override
    public List<Item> page(String backend, @Nullable Item after, int limit) {
        String start = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE backend = ?1";
        String end = " ORDER BY dead, version, user_id, scope, key LIMIT ?2";
        if (after == null) {
            return database.read(handle -> OutboxTable.items(handle, start + end, backend, limit));
        }
        String behind = " AND (dead, version, user_id, scope, key) > (?3, ?4, ?5, ?6, ?7)";
        OutboxEntry last = after.entry();
        return database.read(handle -> OutboxTable.items(
                handle,
                start + behind + end,
                backend,
                limit,
                after.dead() ? 1 : 0,
                last.version().stamp(),
                last.userId(),
                last.operation().scope().name(),
                last.key()));
    }

    @Override
    public int retry(@Nullable String backend) {
        return database.write(tx -> {
            tx.update("UPDATE outbox SET due_at = 0 WHERE dead = 0 AND backend = coalesce(?1, backend)", backend);
            return tx.update(
                    "UPDATE outbox SET dead = 0, due_at = 0 WHERE dead = 1 AND backend = coalesce(?1, backend)",
                    backend);
        });
    }

    @Override
    public int drop(@Nullable String backend) {
        return database.write(
                tx -> tx.update("DELETE FROM outbox WHERE dead = 1 AND backend = coalesce(?1, backend)", backend));
    }

    @Override
    public int dropAll(String backend) {
        return database.write(tx -> tx.update("DELETE FROM outbox WHERE backend = ?1", backend));
    }
}
