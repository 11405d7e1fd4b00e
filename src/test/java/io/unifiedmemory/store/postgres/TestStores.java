package io.unifiedmemory.store.postgres;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.PostgresOptions;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Stores on one new database of a test server, as of several instances. */
public final class TestStores {

    private static final int CONNECTIONS = 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final PostgresServer server;
    private final io.unifiedmemory.harness.postgres.PostgresDatabase database;
    private final @Nullable Clock clock;

    /** @param clock that of the stores; null for that of the database */
    public TestStores(PostgresServer server, @Nullable Clock clock) {
        this.server = server;
        this.database = server.createDatabase();
        this.clock = clock;
    }

    /** One more instance. */
    public PostgresStore open() {
        return new PostgresStore(new PostgresDatabase(options()), clock);
    }

    /** How an instance reaches the database, which does not put anything on disk. */
    public PostgresOptions options() {
        String address = "postgresql://" + database.host() + ":" + database.port() + "/" + database.name();
        return new PostgresOptions(
                "jdbc:" + address, address, database.user(), database.password(), CONNECTIONS, TIMEOUT, true);
    }

    /** The database itself. */
    io.unifiedmemory.harness.postgres.PostgresDatabase database() {
        return database;
    }

    public void drop() {
        server.drop(database);
    }
}
