package io.unifiedmemory.store.postgres.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.Pause;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
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
    private final AtomicLong incarnation = new AtomicLong();
    private volatile @Nullable Server server;
    /** Whether a pooler was met between this program and the server. */
    private volatile boolean isPooled;

    private volatile boolean closed;
    private volatile @Nullable HikariDataSource pool;

    /** Prepares a connection to a database; does no I/O. */
    public PostgresDatabase(PostgresOptions options) {
        this.options = options;
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

    /** How much is kept of what memories held before. */
    public HistoryOptions history() {
        return options.history();
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
        return !PostgresFailures.isNotConnected(e) && !Thread.currentThread().isInterrupted();
    }

    private <R extends @Nullable Object> R runOnce(Work<R> work) throws SQLException {
        Connection connection = connect();
        Session session = new Session(connection, isPooled ? limitPauses("SET LOCAL") : null);
        boolean sound = false;
        try {
            R result = work.run(session);
            sound = true;
            return result;
        } catch (SQLException e) {
            boolean lost = PostgresFailures.isConnectionLost(e);
            // After an interrupt the server may still be told to end a statement, which would be the next one.
            sound = !lost && !Thread.currentThread().isInterrupted();
            if (lost) {
                distrustTheOthers();
            }
            if (lost && session.isOutcomeUnknown()) {
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

    private Connection connect() throws SQLException {
        HikariDataSource connections = pool();
        try {
            return connections.getConnection();
        } catch (SQLTransientConnectionException e) {
            if (connections.getHikariPoolMXBean().getTotalConnections() == 0) {
                discard(connections);
            }
            throw e;
        }
    }

    /**
     * The pool tries again at growing intervals, so it would notice last that the database is back. Without one the next
     * call tries at once.
     */
    private synchronized void discard(HikariDataSource useless) {
        if (pool == useless) {
            pool = null;
            Daemon.start("discarded-pool", useless::close);
        }
    }

    /**
     * How long a transaction may do nothing before the server ends it. When this process is stopped or cut off in the
     * middle of one, the server would otherwise hold the user's row until it takes the connection for dead, perhaps for
     * hours, and nobody else could write for that user.
     */
    private Sql limitPauses(String set) {
        return Sql.of(
                set + " idle_in_transaction_session_timeout = " + longestPause().toMillis());
    }

    /** After that nobody waits for the call any more. */
    private Duration longestPause() {
        Duration pause = options.timeout().multipliedBy(2);
        return pause.compareTo(SHORT_ANSWER) < 0 ? SHORT_ANSWER : pause;
    }

    /** What broke one connection often broke all of them, and a call would meet one broken connection after the other. */
    private void distrustTheOthers() {
        HikariDataSource connections = pool;
        if (connections != null) {
            connections.getHikariPoolMXBean().softEvictConnections();
        }
    }

    private void giveBack(Connection connection, Session session, boolean sound) throws SQLException {
        boolean reusable = sound && session.reset();
        HikariDataSource connections = pool;
        if (!reusable && connections != null) {
            connections.evictConnection(connection);
        }
        connection.close();
    }

    /** A pool is begun when a connection was made without: it would say what is wrong only after the whole patience. */
    private HikariDataSource pool() throws SQLException {
        HikariDataSource known = opened();
        if (known == null) {
            new GreetedConnections().getConnection().close();
            known = open();
        }
        return known;
    }

    private @Nullable HikariDataSource opened() {
        if (closed) {
            throw closed();
        }
        return pool;
    }

    private synchronized HikariDataSource open() {
        HikariDataSource known = opened();
        if (known == null) {
            HikariConfig config = new HikariConfig();
            config.setDataSource(new GreetedConnections());
            config.setPoolName("postgresql");
            config.setMaximumPoolSize(options.connections());
            config.setMinimumIdle(1);
            config.setConnectionTimeout(patience());
            config.setValidationTimeout(
                    Math.max(SHORTEST_WAIT, Math.min(options.timeout().toMillis() / 2, SHORT_ANSWER.toMillis())));
            config.setIdleTimeout(LONGEST_IDLE.toMillis());
            config.setMaxLifetime(LONGEST_CONNECTION.toMillis());
            config.setInitializationFailTimeout(-1);
            known = new HikariDataSource(config);
            pool = known;
        }
        return known;
    }

    /** Less than a call may take, so that the call can say what it waited for; in milliseconds. */
    private long patience() {
        return Math.max(SHORTEST_WAIT, options.timeout().toMillis() * 4 / 5);
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
            requireNotLeftBehind(met);
            if (server == null) {
                new Migrations(connection).run();
            }
            if (server == null || !met.origin().equals(server.origin())) {
                incarnation.incrementAndGet();
                // The connections before this one may lead to a server that was replaced and goes on all the same.
                distrustTheOthers();
            }
            server = met;
        }
    }

    /** A primary that goes on after its standby was promoted knows nothing of what is written there. */
    private void requireNotLeftBehind(Server met) {
        Server known = server;
        if (known != null && met.history().isBefore(known.history())) {
            throw new BackendException(
                    Kind.UNAVAILABLE,
                    "a server of " + address() + " takes writes although a copy of it was promoted to take its place",
                    "stop the earlier one; if it is the one to use, start this program anew");
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

        GreetedConnections() {
            DriverLog.silence();
            setURL(options.jdbcUrl());
            if (options.user() != null) {
                setUser(options.user());
            }
            if (options.password() != null) {
                setPassword(options.password());
            }
            if (!says("ApplicationName")) {
                setApplicationName("unified-memory");
            }
            if (!says("tcpKeepAlive")) {
                setTcpKeepAlive(true);
            }
            if (!says("loginTimeout")) {
                setLoginTimeout(seconds(Duration.ofMillis(patience())));
            }
            if (!says("socketTimeout")) {
                setSocketTimeout(Math.max(seconds(longestPause()), seconds(LONGEST_SILENCE)));
            }
            if (!says("cancelSignalTimeout")) {
                setCancelSignalTimeout(seconds(SHORT_ANSWER));
            }
        }

        /** A pooler forgets what was set for the connection. */
        private void adapt(Connection connection) throws SQLException {
            if (Pooler.isDirect(connection)) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(limitPauses("SET").text());
                }
                return;
            }
            isPooled = true;
            if (!says("prepareThreshold")) {
                Pooler.adapt(connection);
            }
        }

        /** Whether the address has a parameter. */
        private boolean says(String parameter) {
            return options.jdbcUrl().matches(".*[?&]" + parameter + "=.*");
        }

        private static int seconds(Duration time) {
            return (int) Math.max(1, time.toSeconds());
        }

        @Override
        public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
            Connection connection = super.getConnection(user, password);
            try {
                greet(connection);
                adapt(connection);
                return connection;
            } catch (SQLException | RuntimeException | Error e) {
                connection.close();
                throw e;
            }
        }
    }
}
