package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.spi.Leases;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.time.Clock;
import java.time.Duration;

/** The leases in the database file. Thread-safe. */
final class SqliteLeases implements Leases {

    private final SqliteDatabase database;
    private final Clock clock;

    /** @param clock the wall clock, by which leases lapse */
    SqliteLeases(SqliteDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public boolean acquire(String name, String holder, Duration length) {
        long now = clock.millis();
        // A lease that ends later than any lease can was taken before the clock was set back.
        String sql = "INSERT INTO lease (name, holder, until) VALUES (?1, ?2, ?3)"
                + " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
                + " WHERE holder = excluded.holder OR until < ?4 OR until > excluded.until";
        return database.write(tx -> tx.update(sql, name, holder, now + length.toMillis(), now)) > 0;
    }

    @Override
    public void release(String holder) {
        database.write(tx -> tx.update("DELETE FROM lease WHERE holder = ?1", holder));
    }
}
