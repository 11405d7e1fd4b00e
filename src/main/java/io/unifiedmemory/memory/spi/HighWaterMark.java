package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The furthest readings of the clocks that stamp the writes of a database. The mark outlives the processes that use it,
 * so that no process falls behind a timestamp that any process has issued or shown. Thread-safe.
 *
 * <p>Timestamps of different users are never compared, so a store may keep what transactions note by user: a
 * transaction then sees the later of what was noted outside of transactions and what transactions of the same user
 * noted.
 */
public interface HighWaterMark {

    /**
     * The furthest readings of the clocks.
     *
     * @param newest the newest version that was issued or shown while it was ahead of the wall clock
     * @param wallMillis a time that the wall clock has shown, in milliseconds since the epoch; 0 when none was noted
     */
    record Mark(HlcTimestamp newest, long wallMillis) {
        public static final Mark NONE = new Mark(HlcTimestamp.NONE, 0);

        // By hand: what the JVM would make of a record for this is made anew at every start.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Mark mark && newest.equals(mark.newest) && wallMillis == mark.wallMillis;
        }

        @Override
        public int hashCode() {
            return 31 * newest.hashCode() + Long.hashCode(wallMillis);
        }
    }

    /**
     * Changes the mark in one transaction, or in the transaction that this mark belongs to. Nothing is written when the
     * mark stays as it is.
     *
     * @param change computes the new mark; may be called several times
     * @return the mark after the change
     * @throws BackendException when the store fails or is locked
     */
    Mark update(UnaryOperator<Mark> change);

    /** A mark that is not kept anywhere. */
    static HighWaterMark none() {
        return change -> change.apply(Mark.NONE);
    }
}
