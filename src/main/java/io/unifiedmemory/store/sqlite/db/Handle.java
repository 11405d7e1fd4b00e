package io.unifiedmemory.store.sqlite.db;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.memory.util.Texts;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.BusyHandler;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.core.DB;

/**
 * One connection to the database file with its prepared statements. Used by one thread at a time. After an {@link
 * SQLException} the connection is closed, which rolls back, or {@linkplain #rollBack rolled back}; after an exception
 * of the work itself it can be used on.
 */
public final class Handle implements AutoCloseable {

    /** Work that runs in a connection: a read, or the inside of a write transaction. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {
        T run(Handle handle) throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Handle.class);

    /** The number of steps of SQLite's virtual machine between two looks at the interrupt status: about 0.1 ms. */
    private static final int STEPS_BETWEEN_CHECKS = 10_000;

    /** The page cache of a connection. A miss costs a few microseconds, because the system caches the file. */
    private static final int CACHE_KIB = 8 * 1024;

    /**
     * The journal grows to 16 MiB before a write pays for moving it into the file: one write in some 350 instead of 90.
     */
    private static final int CHECKPOINT_PAGES = 4_000;

    private static final int ALL_PAGES = -1;

    private static final int PAGE_BYTES = 4_096;

    private static final long SHORTEST_WAIT_NANOS = 200_000;
    private static final long LONGEST_WAIT_NANOS = 1_000_000;

    private final Connection connection;
    private final Waiting waiting;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private Handle(Connection connection, Waiting waiting) {
        this.connection = connection;
        this.waiting = waiting;
    }

    /**
     * Connects for reading, and for writing where that is asked for and the permissions allow it. Never creates the
     * file. Fails at once when another process keeps the file locked; later the connection waits for locks.
     */
    public static Handle open(SqliteOptions options, boolean toWrite, WaitListener waits) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        config.setGetGeneratedKeys(false);
        config.setBusyTimeout(0);
        config.setSynchronous(
                SQLiteConfig.SynchronousMode.valueOf(options.synchronous().name()));
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        config.setCacheSize(-CACHE_KIB);
        config.setJournalSizeLimit(2 * CHECKPOINT_PAGES * PAGE_BYTES);
        Handle handle = new Handle(
                connect(config, "jdbc:sqlite:" + options.file().toUri()), new Waiting(waits, options.busyTimeout()));
        try {
            handle.tune(toWrite);
            return handle;
        } catch (SQLException e) {
            handle.close();
            throw e;
        }
    }

    private static Connection connect(SQLiteConfig config, String url) throws SQLException {
        NativeLibrary.require();
        return config.createConnection(url);
    }

    private void tune(boolean toWrite) throws SQLException {
        // The driver would follow each statement with an empty transaction; here BEGIN and COMMIT are explicit.
        ((SQLiteConnection) connection).getConnectionConfig().setAutoCommit(false);
        BusyHandler.setHandler(connection, waiting);
        ProgressHandler.setHandler(connection, STEPS_BETWEEN_CHECKS, new StopOnInterrupt());
        script("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES + "; PRAGMA secure_delete = ON");
        if (!toWrite) {
            script("PRAGMA query_only = ON");
        }
    }

    /**
     * Connects to a file that must not be changed in any way, to read its header: no locks, no journal, no companion
     * files.
     *
     * <p>The header may name more pages than the file has: a checkpoint that is under way, was killed or found the disk
     * full has written page 1 first. The other pages are then in the journal, which is not read here. SQLite refuses
     * such a file unless its schema counts as writable ({@code lockBtree} in its btree.c).
     */
    public static Handle openUntouched(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        Handle handle = new Handle(
                connect(config, "jdbc:sqlite:" + file.toUri() + "?immutable=1"),
                new Waiting(WaitListener.NONE, Duration.ZERO));
        try {
            handle.script("PRAGMA writable_schema = ON");
            return handle;
        } catch (SQLException e) {
            handle.close();
            throw e;
        }
    }

    /**
     * Fails as busy while any process has the file open. That process may be using a journal, or an index of it, that
     * was deleted since; a process that opened the file now would create new ones, and the two would destroy each
     * other's writes. Until the first has noticed, which takes it a second, no other may open the file.
     */
    static void requireNobodyElse(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setBusyTimeout(0);
        // With a write-ahead log this locks out everybody, without an index of the log in shared memory.
        config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
        try (Handle alone = new Handle(
                connect(config, "jdbc:sqlite:" + file.toUri()), new Waiting(WaitListener.NONE, Duration.ZERO))) {
            alone.number("PRAGMA schema_version");
        } catch (SQLException e) {
            if (SqliteFailures.isBusy(e)) {
                throw new SQLException(
                        "its journal is missing while another process has it open, which has to end first",
                        null,
                        e.getErrorCode());
            }
            LOG.debug("whether {} is open elsewhere cannot be told: {}", file, e.getMessage());
        }
    }

    /**
     * Runs a query. The result belongs to the connection's statement for this text: close it, and do not run the same
     * text again before.
     */
    public ResultSet query(String sql, @Nullable Object... arguments) throws SQLException {
        return statement(sql, arguments).executeQuery();
    }

    /** Runs a statement and returns how many rows it changed. */
    public int update(String sql, @Nullable Object... arguments) throws SQLException {
        return statement(sql, arguments).executeUpdate();
    }

    /** Runs a query that returns one row of one number. */
    public long number(String sql, @Nullable Object... arguments) throws SQLException {
        try (ResultSet row = query(sql, arguments)) {
            return row.getLong(1);
        }
    }

    /** Runs a query that returns one row of one text. */
    public String text(String sql) throws SQLException {
        try (ResultSet row = query(sql)) {
            return row.getString(1);
        }
    }

    /**
     * Copies the whole database, as it is at this moment, into a file, in one step: a write between two steps would
     * make the copy start again. Writers go on meanwhile.
     */
    public void copyTo(Path file) throws SQLException {
        DB database = ((SQLiteConnection) connection).getDatabase();
        int code = database.backup("main", file.toString(), (remaining, pages) -> {}, 0, 0, ALL_PAGES);
        if (code != SQLiteErrorCode.SQLITE_OK.code) {
            throw DB.newSQLException(code, "the copy into " + file + " failed");
        }
    }

    /** Rewrites every page of the file; waits for other processes no longer than the patience lasts. */
    boolean vacuum(Duration patience) throws SQLException {
        waiting.patience = patience;
        script("VACUUM");
        return true;
    }

    /** Writes what is in this file into an empty one, without what is left in unused parts of its pages. */
    public void vacuumInto(Path file) throws SQLException {
        update("VACUUM INTO ?1", file.toString());
    }

    /** Moves the journal into the file and waits for the disk; false when another process prevented a part of it. */
    boolean checkpoint() throws SQLException {
        return checkpoint("PRAGMA wal_checkpoint(FULL)");
    }

    /** The same, and empties the journal; waits for other processes no longer than the patience lasts. */
    boolean emptyJournal(Duration patience) throws SQLException {
        waiting.patience = patience;
        return checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private boolean checkpoint(String sql) throws SQLException {
        try (ResultSet row = query(sql)) {
            return row.getInt(1) == 0 && row.getInt(2) == row.getInt(3);
        }
    }

    /** Runs any number of statements once. */
    public void script(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    /** How a transaction begins. */
    enum Begin {
        /** For reading: on one unchanging state of the database. */
        SNAPSHOT("BEGIN"),
        /** For writing: waits for other writers. */
        WRITE("BEGIN IMMEDIATE");

        private final String sql;

        Begin(String sql) {
            this.sql = sql;
        }
    }

    /** Runs the work in a write transaction, which waits for other writers. */
    public <T extends @Nullable Object> T write(Work<T> work) throws SQLException {
        return inTransaction(Begin.WRITE, work);
    }

    /** Runs the work on one unchanging state of the database. */
    public <T extends @Nullable Object> T snapshot(Work<T> work) throws SQLException {
        return inTransaction(Begin.SNAPSHOT, work);
    }

    /** This handle, waiting for other processes no longer than the patience from now on. */
    Handle within(Duration patience) {
        waiting.patience = patience;
        return this;
    }

    <T extends @Nullable Object> T inTransaction(Begin begin, Work<T> work) throws SQLException {
        update(begin.sql);
        T result;
        try {
            result = work.run(this);
        } catch (RuntimeException e) {
            update("ROLLBACK");
            throw e;
        }
        update("COMMIT");
        return result;
    }

    /**
     * Ends the transaction of work that failed, if SQLite has not done so by itself ("Response To Errors Within A
     * Transaction" in its manual). For failures after which the connection may be usable; returns whether it is.
     */
    boolean rollBack() {
        try {
            for (PreparedStatement statement : statements.values()) {
                statement.close(); // the driver has ended the failed one, and uses none of them again
            }
            statements.clear();
            update("ROLLBACK");
            return true;
        } catch (SQLException e) {
            LOG.debug("after work that failed: {}", e.getMessage());
            return e.getErrorCode() == SQLiteErrorCode.SQLITE_ERROR.code; // there is no transaction
        }
    }

    private PreparedStatement statement(String sql, @Nullable Object... arguments) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof String text) {
                requireUnicode(text);
            }
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }

    /** Rejects unpaired surrogates, which would silently become question marks. */
    private static void requireUnicode(String text) {
        int at = Texts.unpairedSurrogate(text);
        if (at >= 0) {
            throw new BackendException(
                    Kind.REJECTED, "the text is not valid Unicode at character " + at, "send valid Unicode text");
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("a connection to the database did not close cleanly: {}", e.getMessage());
        }
    }

    /** Waits for writers of other processes in short, uneven steps, so that a busy one cannot starve this process. */
    private static final class Waiting extends BusyHandler {

        private final WaitListener waits;
        private final long longest;
        private Duration patience;
        private long start;
        private long end;
        private boolean told;

        /** @param longest how long a call waits in all, from when it came */
        Waiting(WaitListener waits, Duration longest) {
            this.waits = waits;
            this.longest = longest.toNanos();
            this.patience = longest;
        }

        @Override
        protected int callback(int attempts) {
            long now = System.nanoTime();
            if (attempts == 0) {
                start = now;
                end = now + patience.toNanos();
                told = false;
            }
            if (!told && now - start >= SqliteDatabase.SHORT_WAIT.toNanos()) {
                told = true;
                end = Math.min(end, waits.beforeWaiting() + longest);
            }
            if (Thread.currentThread().isInterrupted() || now - end >= 0) {
                return 0;
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(SHORTEST_WAIT_NANOS, LONGEST_WAIT_NANOS));
            return 1;
        }
    }

    private static final class StopOnInterrupt extends ProgressHandler {
        @Override
        protected int progress() {
            return Thread.currentThread().isInterrupted() ? 1 : 0;
        }
    }
}
