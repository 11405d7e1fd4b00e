package io.unifiedmemory.unified.reads;

import java.util.function.LongSupplier;

/** A token bucket: some in a row, then so many a second. Full at first. Thread-safe. */
final class Allowance {

    private static final double NANOS = 1e9;

    private final int capacity;
    private final double perSecond;
    private final LongSupplier nanoTime;
    private double level;
    private long at;

    /** @param nanoTime a clock like {@link System#nanoTime} */
    Allowance(int capacity, double perSecond, LongSupplier nanoTime) {
        this.capacity = capacity;
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        level = capacity;
        at = nanoTime.getAsLong();
    }

    /** Takes one; returns whether there was one. */
    synchronized boolean take() {
        long now = nanoTime.getAsLong();
        level = Math.min(capacity, level + (now - at) / NANOS * perSecond);
        at = now;
        if (level < 1) {
            return false;
        }
        level--;
        return true;
    }
}
