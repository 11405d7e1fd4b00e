package io.unifiedmemory.unified.clock;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.HighWaterMark;
import io.unifiedmemory.memory.spi.HighWaterMark.Mark;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stamps writes: a hybrid logical clock (Kulkarni et al., 2014) that follows the wall clock, never repeats or goes
 * back, and is never behind a version that it was shown. Thread-safe.
 *
 * <p>A version ahead of the wall clock is noted exactly, in the store of record, before anybody sees it: the next
 * process may start before the wall clock has caught up. The wall clock itself is noted now and then, so that a process
 * that starts after the wall clock was set back still stamps after what was written before.
 */
public final class HybridLogicalClock {

    private static final Logger LOG = LoggerFactory.getLogger(HybridLogicalClock.class);

    /** How far the noted wall clock may lag behind the real one. */
    private static final long WALL_STEP_MILLIS = 10_000;

    private final Clock wall;
    private final HighWaterMark highWater;
    private final AtomicLong last = new AtomicLong();
    private final AtomicLong observed = new AtomicLong();
    private final FarAhead farAhead = new FarAhead();

    /** The newest observed version that need not be noted any more. */
    private volatile long settled;

    private volatile Mark kept = Mark.NONE;
    private volatile long retryNanos = System.nanoTime();

    public HybridLogicalClock(Clock wall, HighWaterMark highWater) {
        this.wall = wall;
        this.highWater = highWater;
    }

    /** A version newer than every one that this clock has issued or was shown. */
    HlcTimestamp next() {
        long now = HlcTimestamp.atMillis(wall.millis()).stamp();
        return new HlcTimestamp(last.updateAndGet(previous -> Math.max(previous + 1, now)));
    }

    /** A version newer than {@link #next} would be and newer than {@code seen}, however far ahead {@code seen} is. */
    public HlcTimestamp after(HlcTimestamp seen) {
        follow(seen);
        HlcTimestamp candidate = next();
        return candidate.isNewerThan(seen) ? candidate : seen.next();
    }

    /**
     * The version of a new write, newer than what any process on the store has issued or shown.
     *
     * @param mark the mark of the transaction
     * @param behind a version that the new one has to exceed in any case
     */
    public HlcTimestamp stamp(HighWaterMark mark, HlcTimestamp behind) {
        follow(floor(mark.update(this::withWall)));
        HlcTimestamp stamp = after(behind);
        keepIfAhead(mark, stamp);
        return stamp;
    }

    /**
     * Notes the version of a write that was made elsewhere.
     *
     * @param mark the mark of the transaction that makes the write here
     */
    public void keepIfAhead(HighWaterMark mark, HlcTimestamp version) {
        if (version.millis() > wall.millis()) {
            mark.update(held -> withNewest(held, version));
        }
    }

    /** The time of a new write of this version, chosen so that the time does not go back either. */
    public Instant timeOf(HlcTimestamp version) {
        return isFarAhead(version.millis()) ? wall.instant() : Instant.ofEpochMilli(version.millis());
    }

    /** Moves the clock past a version that came from elsewhere. */
    public void observe(HlcTimestamp seen) {
        if (follow(seen)) {
            observed.accumulateAndGet(seen.stamp(), Math::max);
        }
    }

    /**
     * Moves the clock past a version; one that is too far ahead is only remembered for the writes that concern this
     * memory.
     */
    public void observe(String userId, String key, HlcTimestamp seen) {
        observe(seen);
        if (isFarAhead(seen.millis())) {
            farAhead.note(userId, key, seen);
        }
    }

    /** The newest version of a memory, or (null) of all of a user's, that was shown and did not move the clock. */
    public HlcTimestamp farAhead(String userId, @Nullable String key) {
        return farAhead.newest(userId, key);
    }

    /**
     * Notes what was observed, before a caller sees it. When the store cannot be written, only this process remembers
     * it.
     */
    public void keepObserved() {
        long newest = observed.get();
        if (newest == settled || System.nanoTime() - retryNanos < 0) {
            return;
        }
        HlcTimestamp version = new HlcTimestamp(newest);
        boolean isAhead = version.millis() > wall.millis() && version.isNewerThan(kept.newest());
        try {
            if (isAhead || version.millis() - kept.wallMillis() >= WALL_STEP_MILLIS) {
                kept = highWater.update(mark -> withNewest(withWall(mark), version));
            }
            settled = newest;
        } catch (BackendException e) {
            LOG.debug("what was read may be newer than what the next process writes: {}", e.describe());
            retryNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WALL_STEP_MILLIS);
        }
    }

    private boolean follow(HlcTimestamp seen) {
        boolean follows = !isFarAhead(seen.millis());
        if (follows) {
            last.accumulateAndGet(seen.stamp(), Math::max);
        }
        return follows;
    }

    private boolean isFarAhead(long millis) {
        return !HlcTimestamp.isCredible(millis, wall.millis());
    }

    /** The version that writes have to exceed according to a mark. */
    private HlcTimestamp floor(Mark mark) {
        boolean wasSetBack = wall.millis() < mark.wallMillis() && !isFarAhead(mark.wallMillis());
        HlcTimestamp wasShown =
                wasSetBack ? HlcTimestamp.atMillis(mark.wallMillis() + WALL_STEP_MILLIS) : HlcTimestamp.NONE;
        boolean counts =
                mark.newest().isNewerThan(wasShown) && !isFarAhead(mark.newest().millis());
        return counts ? mark.newest() : wasShown;
    }

    private Mark withWall(Mark mark) {
        long now = wall.millis();
        boolean due = now - mark.wallMillis() >= WALL_STEP_MILLIS || isFarAhead(mark.wallMillis());
        return due ? new Mark(mark.newest(), now) : mark;
    }

    private Mark withNewest(Mark mark, HlcTimestamp version) {
        boolean counts = version.millis() > wall.millis()
                && !isFarAhead(version.millis())
                && (version.isNewerThan(mark.newest())
                        || isFarAhead(mark.newest().millis()));
        return counts ? new Mark(version, mark.wallMillis()) : mark;
    }
}
