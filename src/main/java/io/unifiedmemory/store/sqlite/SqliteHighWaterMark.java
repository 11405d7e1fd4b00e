package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.HighWaterMark;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** The mark in the database file, in transactions of its own. Thread-safe. */
final class SqliteHighWaterMark implements HighWaterMark {

    /** The longest time that a read waits for other writers before it is answered. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private final SqliteDatabase database;

    SqliteHighWaterMark(SqliteDatabase database) {
        this.database = database;
    }

    @Override
    public Mark update(UnaryOperator<Mark> change) {
        return database.write(
                tx -> {
                    Mark held = read(tx);
                    Mark changed = change.apply(held);
                    if (!changed.equals(held)) {
                        write(tx, changed);
                    }
                    return changed;
                },
                PATIENCE);
    }

    static void write(Handle tx, Mark mark) throws SQLException {
        tx.update("UPDATE clock SET newest = ?1, wall = ?2", mark.newest().stamp(), mark.wallMillis());
    }

    static Mark read(Handle tx) throws SQLException {
        try (ResultSet row = tx.query("SELECT newest, wall FROM clock")) {
            return new Mark(new HlcTimestamp(row.getLong(1)), row.getLong(2));
        }
    }
}
