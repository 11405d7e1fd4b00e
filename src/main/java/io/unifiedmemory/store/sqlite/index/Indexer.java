package io.unifiedmemory.store.sqlite.index;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the search index of the open file up to date, in small steps beside the calls: builds what the index of an older
 * file lacks, and takes up what is {@linkplain PendingList pending} when writers pause. Its thread sleeps while there is
 * nothing to do. Thread-safe.
 */
public final class Indexer {

    private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);

    private static final String TROUBLE = "the search index cannot take up what was written, please report it";

    /** Between two steps writers have their turn. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** Writers have paused when none came for so long. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** How often an idle process looks whether its file is in place. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long QUIET_BEFORE_ERASING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LONGEST_WITHOUT_QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** So many times as long as erasing took it is not done again. */
    private static final int RARELY = 100;

    /** Characters after which the writers' pause is not waited for: a search may have to take them up. */
    private static final int MANY = 200_000;

    /** Characters after which writers have to help. */
    private static final int TOO_MANY = 3 * MANY / 2;

    /** What each write counts beside its text. */
    private static final int CHARS_OF_A_WRITE = 100;

    private static final long FAIR_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int MOST_IN_STEP = 64;
    private static final Duration LONGEST_END = Duration.ofMillis(200);

    private final SqliteDatabase database;
    private final IndexBuild build;
    private final PendingList pending;
    private final Erasure erasure;
    /** Characters that this process wrote since it last found the list empty. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final Semaphore wake = new Semaphore(0);
    /** Memories in the next step; changed within write transactions. */
    private int most = 1;

    private volatile long lastWriteNanos = System.nanoTime() - QUIET_NANOS;
    private volatile boolean idle;
    private boolean outOfPlace;
    /** When deleted text may be erased, as of {@link System#nanoTime}; 0 while there is none. */
    private long eraseFrom;
    /** What was noted to be erased when it was last looked at. */
    private long notedBefore;

    private volatile boolean started;
    private volatile boolean closed;

    public Indexer(SqliteDatabase database, IndexBuild build, PendingList pending, Erasure erasure) {
        this.database = database;
        this.build = build;
        this.pending = pending;
        this.erasure = erasure;
    }

    /** Looks in the background what there is to do. */
    public void start() {
        ensureStarted();
        if (idle) {
            wake.release();
        }
    }

    /** The same, but leaves it to a thread that rests to look by itself, within a second. */
    public void ensureStarted() {
        if (!started && begin()) {
            Daemon.start("search-index", this::run);
        }
    }

    private synchronized boolean begin() {
        boolean first = !started && !closed;
        started = true;
        return first;
    }

    /**
     * To be called after each write.
     *
     * @param chars of the text that was written
     */
    public void written(int chars) {
        lastWriteNanos = System.nanoTime();
        waiting.addAndGet(CHARS_OF_A_WRITE + chars);
        start();
    }

    /** Whether so much may be pending that the next write has to take a step. */
    public boolean isBehind() {
        return waiting.get() > TOO_MANY;
    }

    private void run() {
        while (!closed) {
            try {
                if (percent() != IndexBuild.COMPLETE) {
                    LOG.info("building the search index of {}", database.path());
                    finishBuild(percent -> LOG.debug("the search index is built to {} percent", percent));
                    LOG.info(
                            "the search index of {} is {}",
                            database.path(),
                            closed ? "left to the next start" : "built");
                }
                takeUp();
                eraseInTime();
            } catch (BackendException e) {
                if (!closed) {
                    LOG.warn("the search index stays as it is until the next call: {}", e.describe());
                }
                waiting.set(0);
            } catch (RuntimeException e) {
                LOG.error(TROUBLE, e);
                waiting.set(0);
            }
            sleep();
        }
    }

    private void takeUp() {
        boolean more = true;
        while (more && !closed) {
            awaitPause();
            more = step(database.busyTimeout());
            if (more) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Merging takes long in a large index: then it is done rarely, and rather when nobody calls than between two calls. */
    private void eraseInTime() {
        long now = System.nanoTime();
        long noted = erasure.noted();
        if (eraseFrom == 0 && noted > 0) {
            eraseFrom = now + QUIET_BEFORE_ERASING_NANOS;
        }
        // Whether another process writes shows in what it notes.
        boolean quiet = noted == notedBefore && now - lastWriteNanos >= QUIET_BEFORE_ERASING_NANOS;
        notedBefore = noted;
        boolean due =
                eraseFrom != 0 && now - eraseFrom >= 0 && (quiet || now - eraseFrom >= LONGEST_WITHOUT_QUIET_NANOS);
        if (noted == 0) {
            eraseFrom = 0; // another process has done it
        } else if (due) {
            eraseFrom = now + LONGEST_WITHOUT_QUIET_NANOS; // when it fails
            boolean done = erasure.erase(() -> !closed, () -> LockSupport.parkNanos(PAUSE_NANOS));
            long took = System.nanoTime() - now;
            eraseFrom = done && !erasure.isNeeded()
                    ? 0
                    : System.nanoTime() + Math.max(QUIET_BEFORE_ERASING_NANOS, RARELY * took);
        }
    }

    /** Returns whether there is more to do. */
    private boolean step(Duration patience) {
        int before = waiting.get();
        boolean more = database.<Boolean>write(this::stepOfFairLength, patience);
        if (!more) {
            waiting.addAndGet(-before);
        }
        return more;
    }

    /** Other writers wait for a step; so it is made shorter where indexing takes long, as in a program that just began. */
    private boolean stepOfFairLength(Handle tx) throws SQLException {
        long start = System.nanoTime();
        boolean more = pending.step(tx, most);
        long nanos = System.nanoTime() - start;
        if (nanos > FAIR_NANOS) {
            most = Math.max(1, most / 2);
        } else if (nanos < FAIR_NANOS / 2) {
            most = Math.min(MOST_IN_STEP, 2 * most);
        }
        return more;
    }

    private void awaitPause() {
        long quiet = System.nanoTime() - lastWriteNanos;
        while (!closed && quiet < QUIET_NANOS && waiting.get() < MANY) {
            LockSupport.parkNanos(QUIET_NANOS - quiet);
            quiet = System.nanoTime() - lastWriteNanos;
        }
    }

    /** Until there may be something to do: whoever writes looks at {@code idle} after having counted. */
    private void sleep() {
        idle = true;
        boolean woken = waiting.get() > 0 || closed;
        while (!woken) {
            woken = wokenWithin(LOOK_NANOS);
            if (!woken) {
                boolean noted = look();
                woken = eraseFrom == 0 ? noted : System.nanoTime() - eraseFrom >= 0;
            }
        }
        idle = false;
        wake.drainPermits();
    }

    private boolean wokenWithin(long nanos) {
        try {
            return wake.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            LOG.debug("nobody interrupts this thread", e);
            return false;
        }
    }

    /**
     * Otherwise the writes in a journal that was deleted would be lost with a process that has no more calls. Returns whether
     * there is something to erase, perhaps left by another process.
     */
    private boolean look() {
        try {
            boolean noted = database.look() && erasure.isNeeded();
            outOfPlace = false;
            return noted;
        } catch (BackendException e) {
            if (!outOfPlace) {
                LOG.warn("{}", e.describe());
            }
            outOfPlace = true;
            return false;
        }
    }

    /** Builds the index anew and returns when it is complete; the consumer is told how many percent are done. */
    public void rebuild(IntConsumer progress) {
        database.<Integer>write(tx -> {
            build.restart(tx);
            return 0;
        });
        finishBuild(progress);
    }

    private void finishBuild(IntConsumer progress) {
        int told = -1;
        int percent = 0;
        while (percent != IndexBuild.COMPLETE && !closed) {
            percent = database.<Integer>write(build::step);
            if (percent > told) {
                told = percent;
                progress.accept(told);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        while (!closed && database.<Boolean>write(build::tidy)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** How much is built; {@link IndexBuild#COMPLETE} when everything is. */
    public int percent() {
        return database.<Integer>read(build::percent);
    }

    /**
     * Ends after the step that it is in, and takes up what it can in a moment, so that many processes that each write once
     * and end leave nothing behind that grows.
     */
    public void close() {
        boolean used = started;
        closed = true;
        wake.release();
        long deadline = System.nanoTime() + LONGEST_END.toNanos();
        try {
            while (waiting.get() > 0 && System.nanoTime() - deadline < 0) {
                step(LONGEST_END);
            }
            if (used && erasure.isNeeded()) {
                erasure.erase(() -> System.nanoTime() - deadline < 0, () -> {});
            }
        } catch (BackendException e) {
            LOG.info("the search index takes up the last writes at the next start: {}", e.describe());
        } catch (RuntimeException e) {
            LOG.error(TROUBLE, e);
        }
    }
}
