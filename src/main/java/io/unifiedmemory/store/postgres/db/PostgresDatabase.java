package io.unifiedmemory.store.postgres.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Pause;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database with our schema: connections, transactions and their repetition. Thread-safe. Nothing is connected before
 * the first call.
 *
 * <p>A transaction that lost against others, or whose connection broke before the server was told to commit, is run
 * again here. When the connection breaks later, only whoever knows what was written can tell whether it was: see {@link
 * UnknownOutcomeException}.
 */
public final class PostgresDatabase implements AutoCloseable {

    /** How many times a transaction is run that others keep from ending. */
    private static final int MAX_CONFLICTS = 20;

    /** How many connections in a row may turn out to be broken: after a failover all of the pool are. */
    private static final int MAX_LOST = 3;

    /** In milliseconds; the pool takes no less. */
    private static final long SHORTEST_WAIT = 250;

    private static final Duration LONGEST_CONNECTION = Duration.ofMinutes(10);

    /** How long a connection is kept that is not used, but for one. */
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(2);

    /** How long a server may be silent in the middle of a statement, unless the address says otherwise. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

    /** How long a server may take to hear that a statement is to end, and to show that a connection lives. */
    private static final Duration SHORT_ANSWER = Duration.ofSeconds(1);

    private final PostgresOptions options;
    private final GreetedConnections connections;
    private final AtomicLong incarnation = new AtomicLong();
    private volatile @Nullable Server server;
    private volatile boolean closed;
    private volatile @Nullable HikariDataSource pool;

    /** Prepares a connection to a database; does no I/O. */
    public PostgresDatabase(PostgresOptions options) {
        this.options = options;
        connections = new GreetedConnections();
    }

    /** Work with one connection. */
    @FunctionalInterface
    public interface Work<R extends @Nullable Object> {
        R run(Session session) throws SQLException;
    }

    /** Where it is, for people; without a password. */
    public String address() {
        return options.address();
    }

    /** What the newest connection told; null before the first one. */
    public @Nullable Server known() {
        return server;
    }

    /** What the newest connection told; connects if there has been none. */
    public Server server() {
        if (closed) {
            throw closed();
        }
        if (server == null) {
            run(session -> session.run(Sql.of("SELECT 1")));
        }
        Server known = server;
        if (known == null) {
            throw new IllegalStateException("a connection was opened without a look at the server");
        }
        return known;
    }

    /**
     * Counts the servers and histories of servers that this process has met here, from 1. Costs nothing after the first
     * connection.
     */
    public long incarnation() {
        server();
        return incarnation.get();
    }

    /** Runs one statement in a transaction of its own. */
    public Result run(Sql statement) {
        return run(session -> session.run(statement).get(0));
    }

    /** Runs statements, each in a transaction of its own, in one round trip. */
    public List<Result> run(List<Sql> statements) {
        return run(session -> session.run(statements));
    }

    /**
     * Runs work, several times if need be, perhaps also after it was committed: the work has to make nothing different
     * then.
     *
     * @throws BackendException when it failed
     */
    public <R extends @Nullable Object> R run(Work<R> work) {
        for (int tries = 1; ; tries++) {
            try {
                return runOnceCommitted(work);
            } catch (UnknownOutcomeException e) {
                if (tries == MAX_LOST || Thread.currentThread().isInterrupted()) {
                    throw e.failure();
                }
            }
        }
    }

    /**
     * Runs work, several times if need be, but never again once it may have been committed.
     *
     * @throws UnknownOutcomeException when it may have been committed
     * @throws BackendException when it was not
     */
    public <R extends @Nullable Object> R runOnceCommitted(Work<R> work) {
        int conflicts = 0;
        int lost = 0;
        while (true) {
            try {
                return runOnce(work);
            } catch (SQLException e) {
                if (PostgresFailures.isConflict(e) && ++conflicts < MAX_CONFLICTS && pauseAfter(conflicts)) {
                    continue;
                }
                if (PostgresFailures.isConnectionLost(e) && ++lost < MAX_LOST && wasConnected(e)) {
                    continue;
                }
                throw PostgresFailures.of(e);
            }
        }
    }

    /**
     * Those that met once would meet again if all of them paused for the same time. Returns false when the thread was
     * interrupted.
     */
    private static boolean pauseAfter(int conflicts) {
        long most = 1L << Math.min(conflicts, 7);
        return Pause.of(Duration.ofMillis(ThreadLocalRandom.current().nextLong(most) + 1));
    }

    /** Whether a connection was found at all: if not, the pool has waited for one already. */
    private static boolean wasConnected(SQLException e) {
        return !(e instanceof SQLTransientConnectionException)
                && !Thread.currentThread().isInterrupted();
    }

    private <R extends @Nullable Object> R runOnce(Work<R> work) throws SQLException {
        Connection connection = pool().getConnection();
        Session session = new Session(connection, longestPause());
        boolean sound = false;
        try {
            R result = work.run(session);
            sound = true;
            return result;
        } catch (SQLException e) {
            sound = !PostgresFailures.isConnectionLost(e);
            if (!sound) {
                distrustTheOthers();
            }
            if (!sound && session.isOutcomeUnknown()) {
                throw new UnknownOutcomeException(PostgresFailures.of(e));
            }
            throw e;
        } catch (RuntimeException | Error e) {
            sound = true;
            throw e;
        } finally {
            giveBack(connection, session, sound);
        }
    }

    /** After that nobody waits for the call any more. */
    private Duration longestPause() {
        Duration pause = options.timeout().multipliedBy(2);
        return pause.compareTo(SHORT_ANSWER) < 0 ? SHORT_ANSWER : pause;
    }

    /** What broke one connection often broke all of them, and a call would meet one broken connection after the other. */
    private void distrustTheOthers() {
        HikariPoolMXBean connections = pool().getHikariPoolMXBean();
        if (connections != null) {
            connections.softEvictConnections();
        }
    }

    private void giveBack(Connection connection, Session session, boolean sound) throws SQLException {
        if (!sound || !session.reset()) {
            pool().evictConnection(connection);
        }
        connection.close();
    }

    /**
     * The pool, which begins with a connection that was opened here: a pool goes on trying for as long as a call may wait,
     * and tells the reason last, while a wrong password is known at once.
     */
    private HikariDataSource pool() throws SQLException {
        if (closed) {
            throw closed();
        }
        HikariDataSource known = pool;
        return known == null ? begin(firstConnection()) : known;
    }

    private Connection firstConnection() throws SQLException {
        DriverLog.silence();
        try {
            return connections.getConnection();
        } catch (SQLException e) {
            throw new SQLTransientConnectionException(e.getMessage(), e.getSQLState(), e);
        }
    }

    private synchronized HikariDataSource begin(Connection first) throws SQLException {
        HikariDataSource known = pool;
        if (closed || known != null) {
            first.close();
            if (known == null) {
                throw closed();
            }
            return known;
        }
        connections.handOut(first);
        HikariConfig config = new HikariConfig();
        config.setDataSource(connections);
        config.setPoolName("postgresql");
        config.setMaximumPoolSize(options.connections());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Math.max(SHORTEST_WAIT, patience().toMillis()));
        config.setValidationTimeout(
                Math.max(SHORTEST_WAIT, Math.min(options.timeout().toMillis() / 2, SHORT_ANSWER.toMillis())));
        config.setIdleTimeout(LONGEST_IDLE.toMillis());
        config.setMaxLifetime(LONGEST_CONNECTION.toMillis());
        config.setInitializationFailTimeout(-1);
        known = new HikariDataSource(config);
        pool = known;
        return known;
    }

    /** How long a call waits for a connection: what is wrong with it is to be told before the call has to end. */
    private Duration patience() {
        return options.timeout().multipliedBy(3).dividedBy(4);
    }

    private BackendException closed() {
        return new BackendException(Kind.UNAVAILABLE, "the connection to " + address() + " is closed", "");
    }

    /** Looks at the server at the other end of a new connection, and brings its schema up to date the first time. */
    private void greet(Connection connection) throws SQLException {
        Server met = Server.read(connection);
        if (met.durability() == Durability.WEAK && !options.allowWeak()) {
            throw new BackendException(
                    Kind.MISCONFIGURED,
                    "the database " + address() + " acknowledges writes before they are on disk",
                    "set synchronous_commit and fsync to on there, or accept the loss of writes with"
                            + " postgres.allowWeak");
        }
        synchronized (incarnation) {
            if (server == null) {
                new Migrations(connection).run();
            }
            if (server == null || !met.origin().equals(server.origin())) {
                incarnation.incrementAndGet();
            }
            server = met;
        }
    }

    @Override
    public void close() {
        HikariDataSource open;
        synchronized (this) {
            closed = true;
            open = pool;
            pool = null;
        }
        if (open != null) {
            open.close();
        }
    }

    /** The driver's connections, each of which is greeted first. */
    private final class GreetedConnections extends PGSimpleDataSource {

        private static final long serialVersionUID = 1L;

        private final transient AtomicReference<@Nullable Connection> ready = new AtomicReference<>();

        GreetedConnections() {
            setURL(options.jdbcUrl());
            if (!isGiven("connectTimeout")) {
                setConnectTimeout((int) Math.max(1, patience().toSeconds()));
            }
            if (options.user() != null) {
                setUser(options.user());
            }
            if (options.password() != null) {
                setPassword(options.password());
            }
            if (getApplicationName() == null) {
                setApplicationName("unified-memory");
            }
            setTcpKeepAlive(true);
            if (getSocketTimeout() == 0) {
                setSocketTimeout((int) LONGEST_SILENCE.toSeconds());
            }
            if (!isGiven("cancelSignalTimeout")) {
                setCancelSignalTimeout((int) SHORT_ANSWER.toSeconds());
            }
        }

        private boolean isGiven(String parameter) {
            return options.jdbcUrl().contains(parameter + "=");
        }

        /** Gives this connection to who asks next. */
        void handOut(Connection opened) {
            ready.set(opened);
        }

        @Override
        public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
            Connection opened = ready.getAndSet(null);
            if (opened != null) {
                return opened;
            }
            Connection connection = super.getConnection(user, password);
            try {
                greet(connection);
                if (!isGiven("prepareThreshold")) {
                    Pooler.adapt(connection);
                }
                return connection;
            } catch (SQLException | RuntimeException | Error e) {
                connection.close();
                throw e;
            }
        }
    }
}
