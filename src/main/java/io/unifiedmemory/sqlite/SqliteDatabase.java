package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one open database file of this process. Opens it at the first call and again after a failure, so what has been
 * mended works at the next call. Thread-safe: one writer at a time, readers beside it.
 */
public final class SqliteDatabase implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SqliteDatabase.class);

    private static final int MAX_READERS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    /** How long reads may go on in a file that was deleted or replaced; each write looks for itself. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final SqliteOptions options;
    private final DatabaseFile file;
    private final Semaphore opening = new Semaphore(1);
    private final Semaphore writing = new Semaphore(1);
    private final Semaphore reading = new Semaphore(MAX_READERS);
    private volatile @Nullable OpenFile current;
    private volatile DatabaseFile.@Nullable Identity gone;
    private volatile long lookedAt;
    private volatile boolean closed;

    /** Touches nothing. */
    public SqliteDatabase(SqliteOptions options) {
        this.options = options;
        this.file = new DatabaseFile(options.file());
    }

    /** Absolute path of the database file. */
    public Path path() {
        return file.path();
    }

    /** Bytes on disk, journal included; 0 while there is no file. Never throws. */
    public long bytes() {
        return file.bytes();
    }

    /**
     * Runs the work in one write transaction and returns when it is committed to the file at the path. When that was
     * deleted or replaced meanwhile, the work runs again in the file that is there now: it must be repeatable.
     */
    <T extends @Nullable Object> T write(Session.Work<T> work) {
        acquire(writing);
        try {
            for (int attempt = 1; attempt <= 2; attempt++) {
                OpenFile open = open();
                T result = run(open, true, session -> session.write(work));
                if (open.isInPlace()) {
                    return result;
                }
                leave(open);
            }
        } finally {
            writing.release();
        }
        throw new BackendException(
                Kind.UNAVAILABLE, path() + " keeps being deleted or replaced", "leave the database file in place");
    }

    /** Runs the work in a session that cannot write; never waits for a writer. */
    <T extends @Nullable Object> T read(Session.Work<T> work) {
        acquire(reading);
        try {
            OpenFile open = open();
            long now = System.nanoTime();
            if (now - lookedAt > LOOK_NANOS) {
                lookedAt = now;
                if (!open.isInPlace()) {
                    leave(open);
                    open = open();
                }
            }
            return run(open, false, work);
        } finally {
            reading.release();
        }
    }

    private <T extends @Nullable Object> T run(OpenFile open, boolean toWrite, Session.Work<T> work) {
        Session session = null;
        boolean usable = false;
        try {
            session = open.take(toWrite);
            T result = work.run(session);
            usable = true;
            return result;
        } catch (RuntimeException e) {
            usable = true;
            throw e;
        } catch (SQLException e) {
            throw Failures.of(e, path());
        } finally {
            if (session != null && usable) {
                open.giveBack(session, toWrite);
            } else {
                forget(open);
                if (session != null) {
                    session.close();
                }
            }
        }
    }

    private OpenFile open() {
        OpenFile open = current;
        if (open != null) {
            return open;
        }
        acquire(opening);
        try {
            open = current;
            if (open == null) {
                open = openAnew();
                current = open;
            }
            return open;
        } catch (SQLException e) {
            throw Failures.of(e, path());
        } finally {
            opening.release();
        }
    }

    private OpenFile openAnew() throws SQLException {
        if (closed) {
            throw new BackendException(Kind.UNAVAILABLE, "the database " + path() + " is closed", "");
        }
        DatabaseFile.Identity leftOver = gone;
        if (leftOver != null) {
            file.setAsideLeftOversOf(leftOver);
            gone = null;
        }
        return OpenFile.open(options, file);
    }

    /** The file at the path is another one, or none. */
    private void leave(OpenFile open) {
        log.warn("{} was deleted or replaced while it was open; using what is there now", path());
        gone = open.identity();
        forget(open);
    }

    /** The next call opens the file anew. */
    private void forget(OpenFile open) {
        opening.acquireUninterruptibly();
        if (current == open) {
            current = null;
        }
        opening.release();
        open.retire();
    }

    private void acquire(Semaphore permits) {
        try {
            if (!permits.tryAcquire(options.busyTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new BackendException(Kind.OVERLOADED, "other calls keep the database busy", "try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(e);
        }
    }

    /** Closes the file after the calls in flight, for which it waits no longer than the busy timeout. */
    @Override
    public void close() {
        closed = true;
        OpenFile open = current;
        if (open == null) {
            return;
        }
        current = null;
        awaitAll(writing, 1);
        awaitAll(reading, MAX_READERS);
        open.retire();
    }

    private void awaitAll(Semaphore permits, int count) {
        try {
            if (permits.tryAcquire(count, options.busyTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                permits.release(count);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
