package io.unifiedmemory.store.postgres;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.search.meaning.QueryVectors;
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
        this(server, server.createDatabase(), clock);
    }

    /** The same on a certain database of the server. */
    TestStores(
            PostgresServer server, io.unifiedmemory.harness.postgres.PostgresDatabase database, @Nullable Clock clock) {
        this.server = server;
        this.database = database;
        this.clock = clock;
    }

    /** One more instance. */
    public PostgresStore open() {
        return open(options());
    }

    /** One more instance that reaches the database in its own way. */
    public PostgresStore open(PostgresOptions options) {
        return new PostgresStore(new PostgresDatabase(options), clock, QueryVectors.NONE);
    }

    /** One more instance, with a model. */
    public PostgresStore open(QueryVectors queries) {
        return new PostgresStore(new PostgresDatabase(options()), clock, queries);
    }

    /** How an instance reaches the database, which does not put anything on disk. */
    public PostgresOptions options() {
        return through(database.port(), "", TIMEOUT);
    }

    /**
     * Likewise through what stands between.
     *
     * @param port where that listens
     * @param parameters of the address, with the question mark; may be empty
     * @param timeout how long a call waits for a connection
     */
    public PostgresOptions through(int port, String parameters, Duration timeout) {
        return at(database.host() + ":" + port, parameters, timeout);
    }

    /**
     * How an instance reaches the database on its server or on another one, whichever is the primary.
     *
     * @param port of the other server
     */
    public PostgresOptions ofTwo(int port) {
        return at(
                database.host() + ":" + database.port() + "," + database.host() + ":" + port,
                "?targetServerType=primary&hostRecheckSeconds=1&connectTimeout=2",
                TIMEOUT);
    }

    private PostgresOptions at(String hosts, String parameters, Duration timeout) {
        String address = "postgresql://" + hosts + "/" + database.name() + parameters;
        return new PostgresOptions(
                "jdbc:" + address, address, database.user(), database.password(), CONNECTIONS, timeout, true);
    }

    /** The database itself, past every store. */
    public io.unifiedmemory.harness.postgres.PostgresDatabase database() {
        return database;
    }

    /** Runs statements in the database that its owner may not. */
    void runAsSuperuser(String sql) {
        server.superuser(database).run(sql);
    }

    public void drop() {
        server.drop(database);
    }
}
