package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.spi.ComparisonLog;
import io.unifiedmemory.store.sqlite.db.Origin;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import org.jspecify.annotations.Nullable;

/** The comparisons that the database file remembers. Thread-safe. */
final class SqliteComparisonLog implements ComparisonLog {

    private final SqliteDatabase database;

    SqliteComparisonLog(SqliteDatabase database) {
        this.database = database;
    }

    @Override
    public @Nullable Long comparedMillis(String backend) {
        String sql = "SELECT coalesce((SELECT at FROM comparison WHERE backend = ?1), -1)";
        long millis = database.read(handle -> handle.number(sql, backend));
        return millis < 0 ? null : millis;
    }

    @Override
    public boolean note(String backend, long startMillis, long incarnation) {
        String sql = "INSERT INTO comparison (backend, at, file) VALUES (?1, ?2, ?3)"
                + " ON CONFLICT DO UPDATE SET at = excluded.at, file = excluded.file";
        return database.write(
                tx -> database.files() == incarnation && tx.update(sql, backend, startMillis, database.name()) > 0);
    }

    @Override
    public long incarnation() {
        database.require();
        return database.files();
    }

    @Override
    public boolean isRestored(String backend) {
        return database.read(handle -> Origin.isAnother(handle, backend, database.name()));
    }

    @Override
    public long usedMillis() {
        return database.usedMillis();
    }
}
