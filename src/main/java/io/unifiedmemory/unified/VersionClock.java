package io.unifiedmemory.unified;

import io.unifiedmemory.memory.Version;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stamps writes: a hybrid logical clock (Kulkarni et al., 2014) that follows the wall clock, never repeats or goes back,
 * and is never behind a version that it was shown. Thread-safe.
 */
final class VersionClock {

    private final Clock wall;
    private final AtomicLong last = new AtomicLong();

    VersionClock(Clock wall) {
        this.wall = wall;
    }

    /** A version newer than every one that this clock gave out or was shown. */
    Version next() {
        long now = Version.atMillis(wall.millis()).stamp();
        return new Version(last.updateAndGet(previous -> Math.max(previous + 1, now)));
    }

    /** A version newer than {@link #next} would be and newer than {@code seen}, however far ahead that is. */
    Version after(Version seen) {
        observe(seen);
        Version candidate = next();
        return candidate.isNewerThan(seen) ? candidate : seen.next();
    }

    /** Moves the clock past a version that came from elsewhere, unless that is a broken clock's. */
    void observe(Version seen) {
        if (Version.isCredible(seen.millis(), wall.millis())) {
            last.accumulateAndGet(seen.stamp(), Math::max);
        }
    }
}
