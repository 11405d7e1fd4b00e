package io.unifiedmemory.store.sqlite.db;

import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.memory.util.Pause;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;

/**
 * The file from one opening to the next failure, with its idle connections: one for writing and some for reading. A
 * retired file keeps no connections. Thread-safe.
 */
final class OpenFile {

    private static final Logger LOG = LoggerFactory.getLogger(OpenFile.class);

    private static final long RETRY_NANOS = 5_000_000;

    private final SqliteOptions options;
    private final DatabaseFile file;
    private final WaitListener waits;
    private final DatabaseFile.Identity identity;
    private final long usedMillis;
    private final AtomicReference<@Nullable Handle> writer;
    private final ConcurrentLinkedDeque<Handle> readers = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean copied = new AtomicBoolean();
    private volatile DatabaseFile.Place leftAt = DatabaseFile.Place.SAME;
    private volatile boolean writerBroke;
    private volatile boolean retired;

    private OpenFile(
            SqliteOptions options,
            DatabaseFile file,
            WaitListener waits,
            DatabaseFile.Identity identity,
            long usedMillis,
            Handle writer) {
        this.options = options;
        this.file = file;
        this.waits = waits;
        this.identity = identity;
        this.usedMillis = usedMillis;
        this.writer = new AtomicReference<>(writer);
    }

    /** Opens the file, creates it if need be, and migrates it to the newest schema. */
    static OpenFile open(SqliteOptions options, DatabaseFile file, WaitListener waits) throws SQLException {
        return whileBusy(options, waits, () -> tryOpen(options, file, waits));
    }

    @FunctionalInterface
    private interface Opening<T> {
        T run() throws SQLException;
    }

    /**
     * Retries an opening for the busy timeout: SQLite does not wait by itself while a connection is being made, nor
     * where it sees that waiting could be a deadlock, as in the change to WAL.
     */
    private static <T> T whileBusy(SqliteOptions options, WaitListener waits, Opening<T> opening) throws SQLException {
        long start = System.nanoTime();
        boolean told = false;
        while (true) {
            try {
                return opening.run();
            } catch (SQLException e) {
                if (!told) {
                    start = Math.min(start, waits.beforeWaiting());
                    told = true;
                }
                boolean mayWait =
                        System.nanoTime() - start < options.busyTimeout().toNanos()
                                && !Thread.currentThread().isInterrupted();
                if (!SqliteFailures.isBusy(e) || !mayWait) {
                    throw e;
                }
            }
            pause();
        }
    }

    /** Waits for an uneven time, so that two processes which wait for each other do not collide for ever. */
    private static void pause() {
        Pause.of(Duration.ofNanos(ThreadLocalRandom.current().nextLong(RETRY_NANOS / 5, 2 * RETRY_NANOS)));
    }

    private static OpenFile tryOpen(SqliteOptions options, DatabaseFile file, WaitListener waits) throws SQLException {
        file.prepare();
        if (file.lacksJournal()) {
            Handle.requireNobodyElse(file.path());
        }
        // Read before SQLite opens the file: a file replaced in between then counts as replaced, whichever of the two
        // is open.
        Object key = file.key();
        Handle handle = Handle.open(options, true, waits);
        try {
            Migrations.apply(handle, file.path(), DatabaseFile.name(key));
            useWal(handle, file);
            long usedMillis = handle.number("SELECT wall FROM clock");
            OpenFile open = new OpenFile(options, file, waits, file.identity(key), usedMillis, handle);
            open.requireInPlace();
            return open;
        } catch (SQLException | RuntimeException e) {
            handle.close();
            throw e;
        }
    }

    /** Changes to WAL mode. The read after the change creates the journal's files, so that they can be identified. */
    private static void useWal(Handle handle, DatabaseFile file) throws SQLException {
        try (var mode = handle.query("PRAGMA journal_mode = WAL")) {
            if (!mode.getString(1).equals("wal")) {
                LOG.warn("{} has no write-ahead log: readers and writers wait for each other", file.path());
            }
        }
        handle.number("PRAGMA schema_version");
    }

    /** Where the paths of the open files lead by now. */
    DatabaseFile.Place place() {
        return file.place(identity);
    }

    /** Fails, in a way that is worth another try, when the paths lead elsewhere: SQLite would mix two journals. */
    private void requireInPlace() throws SQLException {
        DatabaseFile.Place place = place();
        if (place != DatabaseFile.Place.SAME) {
            throw new NotInPlaceException(place);
        }
    }

    /** Thrown when nothing was done because the paths no longer lead to the open files. */
    static final class NotInPlaceException extends SQLException {
        private static final long serialVersionUID = 1L;

        NotInPlaceException(DatabaseFile.Place place) {
            super("the files of the database change: " + place, null, SQLiteErrorCode.SQLITE_BUSY.code);
        }
    }

    /** The value of {@link #place} when the file was left. */
    DatabaseFile.Place leftAt() {
        return leftAt;
    }

    void leaveAt(DatabaseFile.Place place) {
        leftAt = place;
    }

    /**
     * Moves the contents of a deleted journal, which the connections still reach, into the file. No other process has
     * opened the file without that journal: see {@link Handle#requireNobodyElse}.
     */
    void rescue() throws SQLException {
        long deadline = System.nanoTime() + options.busyTimeout().toNanos();
        Handle idle = writer.getAndSet(null);
        while (idle == null && !writerBroke) {
            pauseBefore(deadline, "a write does not end");
            idle = writer.getAndSet(null);
        }
        boolean writes = idle != null;
        // SQLite moves the journal into the file when the last connection is closed.
        idle = writes ? idle : readers.pollLast();
        if (idle != null) {
            try {
                while (!idle.checkpoint()) {
                    pauseBefore(deadline, "others keep using the journal that was deleted");
                }
            } finally {
                giveBack(idle, writes);
            }
        }
        file.removeEmptyJournal(identity);
    }

    private static void pauseBefore(long deadline, String reason) throws SQLException {
        if (System.nanoTime() - deadline > 0) {
            throw new SQLException(reason, null, SQLiteErrorCode.SQLITE_BUSY.code);
        }
        pause();
    }

    /** Copies what the connections still see into a file of its own; false when that was done before. */
    boolean copyAside() {
        if (copied.getAndSet(true)) {
            return false;
        }
        Handle idle = writer.getAndSet(null);
        try {
            Path copy = file.createBeside(".rescued-");
            if (idle == null) {
                throw new SQLException("another call is writing");
            }
            idle.copyTo(copy);
            LOG.error("what was in use of {} up to now is in {}", file.path(), copy);
        } catch (SQLException | IOException e) {
            LOG.error("what was in use of {} up to now cannot be copied: {}", file.path(), e.toString());
        } finally {
            if (idle != null) {
                writer.set(idle);
            }
        }
        return true;
    }

    /** When the file had last been written, approximately, at the time it was opened; 0 when no time was noted. */
    long usedMillis() {
        return usedMillis;
    }

    DatabaseFile.Identity identity() {
        return identity;
    }

    /** Takes an idle connection or opens one; never two for writing at a time. */
    Handle take(boolean toWrite) throws SQLException {
        Handle idle = toWrite ? writer.getAndSet(null) : readers.pollFirst();
        if (idle != null) {
            return idle;
        }
        requireInPlace();
        return whileBusy(options, waits, () -> Handle.open(options, toWrite, waits));
    }

    /** Closes a connection that failed. */
    void drop(Handle broken, boolean toWrite) {
        broken.close();
        writerBroke |= toWrite;
    }

    void giveBack(Handle handle, boolean toWrite) {
        if (toWrite) {
            writer.set(handle);
        } else {
            readers.addFirst(handle);
        }
        if (retired) {
            closeIdle();
        }
    }

    /** Closes all idle connections and, from now on, every connection that is given back. */
    void retire() {
        retired = true;
        closeIdle();
    }

    private void closeIdle() {
        for (Handle reader = readers.pollFirst(); reader != null; reader = readers.pollFirst()) {
            reader.close();
        }
        Handle idle = writer.getAndSet(null);
        if (idle != null) {
            idle.close();
        }
    }
}
