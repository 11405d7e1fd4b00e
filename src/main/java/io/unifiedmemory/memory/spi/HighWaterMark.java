package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;
import java.util.function.UnaryOperator;

/**
 * How far the clocks have been by which writes in a database file are stamped. It outlives the processes that used them,
 * so that no process falls behind what another, or the same before its end, has given out or shown. Thread-safe.
 */
public interface HighWaterMark {

    /**
     * How far the clocks have been.
     *
     * @param newest the newest version that was given out or shown while it was ahead of the wall clock
     * @param wallMillis a time that the wall clock has shown, in milliseconds since the epoch; 0 when none was noted
     */
    record Mark(HlcTimestamp newest, long wallMillis) {
        public static final Mark NONE = new Mark(HlcTimestamp.NONE, 0);
    }

    /**
     * Changes the mark in one transaction: within a write of the same thread in that. Nothing is written when the mark stays
     * as it is.
     *
     * @param change may be repeated
     * @return the mark as it is then
     * @throws BackendException when the file fails or is locked
     */
    Mark update(UnaryOperator<Mark> change);

    /** A mark that nothing keeps. */
    static HighWaterMark none() {
        return change -> change.apply(Mark.NONE);
    }
}
