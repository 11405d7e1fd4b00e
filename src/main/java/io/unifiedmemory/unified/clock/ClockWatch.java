package io.unifiedmemory.unified.clock;

import java.time.Clock;
import java.util.function.LongSupplier;

/** Notices that the wall clock was set, or that the machine slept, while the program runs. Used by one thread. */
public final class ClockWatch {

    /** The regular corrections of the clock do not count. */
    private static final long SLACK_MILLIS = 2_000;

    private static final long NANOS_OF_A_MILLI = 1_000_000;

    private final Clock clock;
    private final LongSupplier nanoTime;
    private long offset;

    /** @param nanoTime a clock like {@link System#nanoTime} */
    public ClockWatch(Clock clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.offset = offset();
    }

    /** How far the wall clock has run ahead of the elapsed time since the last call; 0 for a small difference. */
    public long jumpMillis() {
        long now = offset();
        long jump = now - offset;
        offset = now;
        return Math.abs(jump) > SLACK_MILLIS ? jump : 0;
    }

    private long offset() {
        return clock.millis() - nanoTime.getAsLong() / NANOS_OF_A_MILLI;
    }
}
