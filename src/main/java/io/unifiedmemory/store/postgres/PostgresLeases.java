package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.spi.Leases;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Sql;
import java.time.Duration;

/** The leases in the database, by the clock of the database: those of many machines differ. Thread-safe. */
final class PostgresLeases implements Leases {

    private final PostgresDatabase database;
    private final DatabaseClock clock;

    PostgresLeases(PostgresDatabase database, DatabaseClock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A lease that ends later than any lease can was taken before the clock was set back. */
    @Override
    public boolean acquire(String name, String holder, Duration length) {
        String sql = "INSERT INTO unified_memory.lease AS l (name, holder, until) VALUES (?, ?, " + clock.sql()
                + " + ?)"
                + " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
                + " WHERE l.holder = excluded.holder OR l.until < " + clock.sql() + " OR l.until > excluded.until";
        return database.run(Sql.of(sql, name, holder, length.toMillis())).changed() > 0;
    }

    @Override
    public void release(String holder) {
        database.run(Sql.of("DELETE FROM unified_memory.lease WHERE holder = ?", holder));
    }
}
