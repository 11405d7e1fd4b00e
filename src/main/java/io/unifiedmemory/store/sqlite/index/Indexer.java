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
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the search index of the open file up to date, in small steps beside the calls: builds what the index of an
 * older file lacks, and takes up what is {@linkplain PendingList pending} when writers pause. Its thread sleeps while
 * there is nothing to do. Thread-safe.
 */
public final class Indexer {

    private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);

    private static final String TROUBLE = "the search index cannot take up what was written, please report it";

    /** Between two steps writers have their turn. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** How long somebody who waits for the index takes steps before writers have their turn. */
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(6);

    /** Writers have paused when none came for so long. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** A transaction with so many characters is one of many that bring in a whole file. */
    private static final int MANY_AT_ONCE = 30_000;

    /** Between two of them nobody takes a step, which they would wait for; all is taken up behind the last one. */
    private static final long QUIET_AFTER_MANY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How often a listener hears how much is left. */
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How often an idle process looks whether its file is in place. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Characters after which the writers' pause is not waited for: a search may have to take them up. */
    private static final int MANY = 200_000;

    /** Characters after which writers have to help. */
    private static final int TOO_MANY = 3 * MANY / 2;

    /** What each write counts beside its text. */
    private static final int CHARS_OF_A_WRITE = 100;

    private static final Duration LONGEST_END = Duration.ofMillis(200);

    /** What the thread does. */
    private enum State {
        /** There is none yet. */
        NEW,
        /** It builds, indexes or erases. */
        WORKING,
        /** It waits for something to do. Whoever writes wakes it up. */
        RESTING,
        /** It ends after the step that it is in. */
        CLOSED
    }

    private final SqliteDatabase database;
    private final IndexBuild build;
    private final PendingList pending;
    private final Erasure erasure;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final Semaphore wake = new Semaphore(0);
    /** Characters that this process wrote since it last found the list empty. */
    private final AtomicInteger waiting = new AtomicInteger();

    private volatile long lastWriteNanos = System.nanoTime() - QUIET_NANOS;
    private volatile boolean manyAtOnce;
    /** Used within write transactions only. */
    private final StepPacer pacer = new StepPacer();
    /** Used by the thread only, as is the next one. */
    private final ErasureSchedule erasures = new ErasureSchedule();

    private boolean outOfPlace;
    /** Whether a search met a long list since the thread last looked at it. */
    private volatile boolean missed;
    /** How many were pending when the thread last looked; used by the thread only. */
    private long left;

    public Indexer(SqliteDatabase database, IndexBuild build, PendingList pending, Erasure erasure) {
        this.database = database;
        this.build = build;
        this.pending = pending;
        this.erasure = erasure;
    }

    /** Looks in the background what there is to do. */
    public void start() {
        ensureStarted();
        if (state.get() == State.RESTING) {
            wake.release();
        }
    }

    /** The same, but leaves it to a thread that rests to look by itself, within a second. */
    public void ensureStarted() {
        if (state.get() == State.NEW && state.compareAndSet(State.NEW, State.WORKING)) {
            Daemon.start("search-index", this::run);
        }
    }

    /**
     * To be called when a search met more that is pending than it can take up. Another process may be writing it, which
     * would wait for every step, or taking it up: a thread that rests begins when the list stays as it is for a second.
     */
    public void missed() {
        missed = true;
        ensureStarted();
    }

    private boolean isClosed() {
        return state.get() == State.CLOSED;
    }

    /**
     * To be called after each write.
     *
     * @param chars of the text that was written
     */
    public void written(int chars) {
        manyAtOnce = chars > MANY_AT_ONCE;
        lastWriteNanos = System.nanoTime();
        waiting.accumulateAndGet(CHARS_OF_A_WRITE + chars, Indexer::sum);
        start();
    }

    /** Whether so much may be pending that the next write has to take a step. */
    public boolean isBehind() {
        return waiting.get() > TOO_MANY;
    }

    private void run() {
        while (!isClosed()) {
            try {
                if (percent() != IndexBuild.COMPLETE) {
                    LOG.info("building the search index of {}", database.path());
                    finishBuild(percent -> LOG.debug("the search index is built to {} percent", percent));
                    LOG.info(
                            "the search index of {} is {}",
                            database.path(),
                            isClosed() ? "left to the next start" : "built");
                }
                takeUp();
                eraseInTime();
                renew();
            } catch (BackendException e) {
                if (!isClosed()) {
                    LOG.warn("the search index stays as it is until the next call: {}", e.describe());
                }
                waiting.set(0);
            } catch (RuntimeException e) {
                LOG.error(TROUBLE, e);
                waiting.set(0);
            }
            rest();
        }
    }

    private void takeUp() {
        boolean more = true;
        while (more && !isClosed()) {
            awaitPause();
            more = step(database.busyTimeout());
            if (more) {
                letWritersGoFirst();
            }
        }
    }

    /** Reads again what an earlier build read by other rules, between the writes. */
    private void renew() {
        boolean more = database.<Boolean>read(build::isOutdated);
        while (more && !isClosed()) {
            awaitPause();
            more = waiting.get() == 0 && database.<Boolean>write(build::renew);
            letWritersGoFirst();
        }
    }

    private void eraseInTime() {
        long begun = System.nanoTime();
        if (erasures.isDue(erasure.noted(), begun, lastWriteNanos)) {
            erasures.begins(begun);
            boolean done = erasure.erase(() -> !isClosed(), Indexer::letWritersGoFirst);
            erasures.ended(begun, System.nanoTime(), done && !erasure.isNeeded());
        }
    }

    private static void letWritersGoFirst() {
        LockSupport.parkNanos(PAUSE_NANOS);
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

    private boolean stepOfFairLength(Handle tx) throws SQLException {
        long start = System.nanoTime();
        boolean more = pending.step(tx, pacer.size());
        pacer.took(System.nanoTime() - start);
        return more;
    }

    private void awaitPause() {
        long left = untilPause();
        while (!isClosed() && left > 0) {
            LockSupport.parkNanos(left);
            left = untilPause();
        }
    }

    private long untilPause() {
        long quiet = System.nanoTime() - lastWriteNanos;
        if (manyAtOnce) {
            return QUIET_AFTER_MANY_NANOS - quiet;
        }
        return waiting.get() < MANY ? QUIET_NANOS - quiet : 0;
    }

    /** The characters of a large file exceed what the number holds. */
    private static int sum(int a, int b) {
        return (int) Math.min(Integer.MAX_VALUE, (long) a + b);
    }

    /**
     * Takes up everything that is pending, and returns when nothing is. Writers, who ask again and again for the file while
     * others have it, get it in between.
     *
     * @param left hears now and then how many memories are left
     */
    public void finish(LongConsumer left) {
        long told = System.nanoTime() - TELL_NANOS;
        long turn = System.nanoTime();
        boolean more = true;
        while (more && !isClosed()) {
            if (System.nanoTime() - told >= TELL_NANOS) {
                left.accept(database.<Long>read(pending::size));
                told = System.nanoTime();
            }
            more = step(database.busyTimeout());
            if (more && System.nanoTime() - turn >= TURN_NANOS) {
                letWritersGoFirst();
                turn = System.nanoTime();
            }
        }
    }

    /** Returns when there may be something to do. */
    private void rest() {
        state.compareAndSet(State.WORKING, State.RESTING);
        // Whoever writes counts first and looks at the state then, so that no write is missed in between.
        boolean woken = waiting.get() > 0 || isClosed();
        while (!woken) {
            woken = wokenWithin(LOOK_NANOS);
            if (!woken) {
                boolean noted = look();
                woken = (erasures.isNeeded() ? erasures.hasCome(System.nanoTime()) : noted) || isLeftToUs();
            }
        }
        state.compareAndSet(State.RESTING, State.WORKING);
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

    /** Whether a search met what nobody writes or takes up. */
    private boolean isLeftToUs() {
        if (!missed) {
            return false;
        }
        try {
            long before = left;
            left = database.<Long>read(pending::size);
            missed = left != 0 && left != before;
            return left != 0 && left == before;
        } catch (BackendException e) {
            LOG.debug("how much is pending cannot be told now: {}", e.describe());
            return false;
        }
    }

    /**
     * Otherwise the writes in a journal that was deleted would be lost with a process that has no more calls. Returns
     * whether there is something to erase, perhaps left by another process.
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
        while (percent != IndexBuild.COMPLETE && !isClosed()) {
            percent = database.<Integer>write(build::step);
            if (percent > told) {
                told = percent;
                progress.accept(told);
            }
            letWritersGoFirst();
        }
        while (!isClosed() && database.<Boolean>write(build::tidy)) {
            letWritersGoFirst();
        }
    }

    /** How much is built; {@link IndexBuild#COMPLETE} when everything is. */
    public int percent() {
        return database.<Integer>read(build::percent);
    }

    /**
     * Ends after the step that it is in, and takes up what it can in a moment, so that many processes that each write
     * once and end leave nothing behind that grows.
     */
    public void close() {
        boolean used = state.getAndSet(State.CLOSED) != State.NEW;
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
