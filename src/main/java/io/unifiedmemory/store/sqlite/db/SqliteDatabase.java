package io.unifiedmemory.store.sqlite.db;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.sqlite.db.DatabaseFile.Place;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one open database file of this process. The file is opened at the first call and again after a failure, so a
 * repaired problem is gone at the next call. Thread-safe: one writer at a time, readers beside it.
 */
public final class SqliteDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);

    private static final int MAX_READERS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    /** How long reads may continue in a file that was deleted or replaced; each write checks for itself. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** A call meets several files in a row where others replace them, or fail and leave them, at the same time. */
    private static final int MAX_ATTEMPTS = 5;

    /** Most waits are shorter than this; only longer ones are reported to the listener. */
    static final Duration SHORT_WAIT = Duration.ofMillis(5);

    private final SqliteOptions options;
    private final DatabaseFile file;
    private final WaitListener waits;
    private final Semaphore opening = new Semaphore(1);
    /** Fair: a writer that never pauses must not lock out an occasional one. */
    private final Semaphore writing = new Semaphore(1, true);

    private final Semaphore reading = new Semaphore(MAX_READERS);
    private volatile @Nullable OpenFile current;
    private final AtomicLong files = new AtomicLong();

    /** Changed, as the next field is, only while {@link #opening} is held. */
    private volatile String name = Origin.NOWHERE;

    private boolean isGone;
    /** What a file that is gone left behind; changed only while {@link #opening} is held. */
    private volatile DatabaseFile.@Nullable Identity leftOvers;

    private volatile long lookedAt;
    private volatile boolean refused;
    private volatile boolean closed;

    /** A database that has done no I/O yet. */
    public SqliteDatabase(SqliteOptions options) {
        this(options, WaitListener.NONE);
    }

    /**
     * A database that has done no I/O yet.
     *
     * @param waits told of every call that waits for longer than other calls commonly hold the file
     */
    public SqliteDatabase(SqliteOptions options, WaitListener waits) {
        this.options = options;
        this.waits = waits;
        this.file = new DatabaseFile(options.file());
    }

    /** Absolute path of the database file. */
    public Path path() {
        return file.path();
    }

    /** How long a write waits for others. */
    public Duration busyTimeout() {
        return options.busyTimeout();
    }

    /** How much is kept of what memories held before. */
    public HistoryOptions history() {
        return options.history();
    }

    /** The file system's identity of the file; null when there is no file, or the platform has no identities. */
    @Nullable
    public Object key() {
        return file.key();
    }

    /** The name by which the next process recognises the file that was opened last. */
    public String name() {
        return name;
    }

    /** The number of files that this process has found at the path, one after the other. */
    public long files() {
        return files.get();
    }

    /** Opens the file unless it is open. */
    public void require() {
        open();
    }

    /** When the open file had last been written, approximately, at the time it was opened. */
    public long usedMillis() {
        return open().usedMillis();
    }

    /** The size on disk in bytes, journal included; 0 while there is no file. Never throws. */
    public long bytes() {
        return file.bytes();
    }

    /** The bytes that its disk has left; null when nobody can tell. Never throws. */
    public @Nullable Long freeBytes() {
        return file.freeBytes();
    }

    /**
     * Runs the work in one write transaction and returns when it is committed to the file at the path. When that file
     * was deleted, replaced or emptied meanwhile, the work runs again in the file that is there now: it must be
     * repeatable.
     */
    public <T extends @Nullable Object> T write(Handle.Work<T> work) {
        return write(work, options.busyTimeout());
    }

    /** The same, but gives up when other writers are busy for longer than the patience lasts. */
    public <T extends @Nullable Object> T write(Handle.Work<T> work, Duration patience) {
        long start = System.nanoTime();
        acquire(writing, patience);
        try {
            return run(
                    true,
                    true,
                    handle -> handle.within(patience.minusNanos(System.nanoTime() - start))
                            .inTransaction(Handle.Begin.WRITE, work));
        } catch (BackendException e) {
            refused |= e.kind() == Kind.UNAVAILABLE;
            throw e;
        } finally {
            writing.release();
        }
    }

    /** Rewrites every page, without what is left in unused parts of the old ones; writers wait. */
    public void writeAnew(Duration patience) {
        acquire(writing, patience);
        try {
            this.<Boolean>run(true, true, handle -> handle.vacuum(patience));
        } finally {
            writing.release();
        }
    }

    /**
     * Moves the journal into the file and empties it; false when other processes prevented that for all of the
     * patience.
     */
    public boolean emptyJournal(Duration patience) {
        acquire(writing, patience);
        try {
            return this.<Boolean>run(true, true, handle -> handle.emptyJournal(patience));
        } finally {
            writing.release();
        }
    }

    /**
     * Whether the file or its disk refused a write since a check last {@linkplain #takesAgain found that it takes
     * some}.
     */
    public boolean hasRefused() {
        return refused;
    }

    public void takesAgain() {
        refused = false;
    }

    /** Runs the work in a connection that cannot write; never waits for a writer. */
    public <T extends @Nullable Object> T read(Handle.Work<T> work) {
        acquire(reading, options.busyTimeout());
        try {
            long now = System.nanoTime();
            boolean look = now - lookedAt > LOOK_NANOS;
            if (look) {
                lookedAt = now;
            }
            return run(false, look, work);
        } finally {
            reading.release();
        }
    }

    /**
     * Runs the work, and runs it again when the file turns out to be another one than was opened, or to have lacked
     * permissions when it was opened.
     *
     * @param look whether to check for that even when all went well
     */
    private <T extends @Nullable Object> T run(boolean toWrite, boolean look, Handle.Work<T> work) {
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            OpenFile open = open();
            try {
                Done<T> done = runIn(open, toWrite, look, work);
                if (done.place == Place.SAME || forget(open, done.place)) {
                    return done.result;
                }
            } catch (SQLException e) {
                boolean changed = SqliteFailures.isReadOnly(e)
                        || open.leftAt() != Place.SAME
                        || e instanceof OpenFile.NotInPlaceException;
                if (!changed || attempt == MAX_ATTEMPTS) {
                    throw SqliteFailures.of(e, path());
                }
            }
        }
        throw new BackendException(
                Kind.UNAVAILABLE,
                path() + " keeps being deleted, replaced or emptied",
                "leave the database file in place");
    }

    /**
     * Checks whether the open file is still in place, for callers that do nothing else; what was deleted of the file is
     * rescued.
     *
     * @return whether a file is open and in place
     */
    public boolean look() {
        OpenFile open = current;
        Place place = open == null ? Place.SAME : open.place();
        if (open != null && place != Place.SAME) {
            forget(open, place);
        }
        return open != null && place == Place.SAME;
    }

    /** The result of the work, and where the paths led while its connection was open. */
    private record Done<T extends @Nullable Object>(T result, Place place) {}

    /**
     * Runs the work in one connection. Checks the paths before the connection is closed or given back: SQLite itself
     * deletes the journal with the very last connection.
     */
    private <T extends @Nullable Object> Done<T> runIn(
            OpenFile open, boolean toWrite, boolean look, Handle.Work<T> work) throws SQLException {
        Handle handle = null;
        boolean usable = false;
        Place place = Place.SAME;
        try {
            handle = open.take(toWrite);
            T result = work.run(handle);
            usable = true;
            place = look ? open.place() : Place.SAME;
            return new Done<>(result, place);
        } catch (RuntimeException e) {
            usable = true;
            throw e;
        } catch (SQLException e) {
            usable = handle != null && SqliteFailures.isFull(e) && handle.rollBack();
            throw e;
        } finally {
            if (handle != null && usable) {
                open.giveBack(handle, toWrite);
            } else {
                leaveBroken(open, handle, toWrite);
            }
        }
    }

    /** Closes a broken file. No other process may take the file for the open one when its last connection is closed. */
    private void leaveBroken(OpenFile open, @Nullable Handle handle, boolean toWrite) {
        Place place = open.place();
        if (handle == null) {
            forget(open, place);
        } else if (place == Place.SAME) {
            forget(open, place);
            open.drop(handle, toWrite);
        } else {
            // The rescue includes what the closed connection has moved into the file.
            open.drop(handle, toWrite);
            forget(open, place);
        }
    }

    private OpenFile open() {
        OpenFile open = current;
        if (open != null) {
            return open;
        }
        acquire(opening, options.busyTimeout());
        try {
            open = current;
            if (open == null) {
                open = openAnew();
                current = open;
            }
            return open;
        } catch (SQLException e) {
            throw SqliteFailures.of(e, path());
        } finally {
            opening.release();
        }
    }

    private OpenFile openAnew() throws SQLException {
        if (closed) {
            throw new BackendException(Kind.UNAVAILABLE, "the database " + path() + " is closed", "");
        }
        setLeftOversAside();
        OpenFile opened = OpenFile.open(options, file, waits);
        String found = opened.identity().name();
        if (isGone || files.get() == 0 || !found.equals(name)) {
            name = found;
            files.incrementAndGet();
            isGone = false;
        }
        return opened;
    }

    /**
     * Makes the next call open the file anew.
     *
     * @param place where the paths led a moment ago
     * @return whether everything that was written is in the file that is in place, because this call has put it there
     */
    private boolean forget(OpenFile open, Place place) {
        opening.acquireUninterruptibly();
        boolean rescued = false;
        try {
            if (current == open) {
                rescued = leave(open, place);
                current = null;
            }
        } finally {
            opening.release();
            if (current != open) {
                open.retire();
            }
        }
        return rescued;
    }

    private boolean leave(OpenFile open, Place place) {
        open.leaveAt(place);
        switch (place) {
            case SAME -> {
                return false;
            }
            case GONE -> {
                LOG.warn("{} was deleted, replaced or emptied while it was open; using what is there now", path());
                isGone = true;
                leftOvers = open.identity();
                // While connections are still open: later the file system may give their files' keys to other files.
                setLeftOversAside();
                return false;
            }
            case JOURNAL_GONE -> {
                try {
                    open.rescue();
                } catch (SQLException e) {
                    throw SqliteFailures.of(e, path());
                }
                LOG.warn("the -wal or -shm of {} was deleted while it was open; what it held is in the file", path());
                return true;
            }
            case JOURNAL_REPLACED -> {
                open.copyAside();
                throw new BackendException(
                        Kind.UNAVAILABLE,
                        "the -wal or -shm of " + path() + " was replaced while it was open; nothing more is written",
                        "end every program that uses this file, then start again; what they had up to now is in "
                                + path() + ".rescued-*");
            }
        }
        throw new AssertionError(open);
    }

    private void setLeftOversAside() {
        DatabaseFile.Identity gone = leftOvers;
        if (gone != null) {
            file.setAsideLeftOversOf(gone);
            leftOvers = null;
        }
    }

    private void acquire(Semaphore permits, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        long shortly = permits.hasQueuedThreads() ? 0 : Math.min(patience.toNanos(), SHORT_WAIT.toNanos());
        try {
            if (permits.tryAcquire(shortly, TimeUnit.NANOSECONDS)) {
                return;
            }
            long left =
                    Math.min(end, waits.beforeWaiting() + options.busyTimeout().toNanos()) - System.nanoTime();
            if (!permits.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                throw new BackendException(Kind.OVERLOADED, "other calls keep the database busy", "try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SqliteFailures.interrupted(e);
        }
    }

    /** Closes the file after the calls in flight, for which it waits no longer than the busy timeout. */
    @Override
    public void close() {
        closed = true;
        awaitAll(opening, 1);
        OpenFile open = current;
        current = null;
        if (open != null) {
            awaitAll(writing, 1);
            awaitAll(reading, MAX_READERS);
            // Closing the last connection would move the journal into the file, and overwrite what the process that
            // replaced the journal has written.
            if (open.place() != Place.JOURNAL_REPLACED) {
                open.retire();
            }
        }
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
