package io.unifiedmemory.store.sqlite.index;

/**
 * How many memories are indexed in one step. Other writers wait for a step, so steps become shorter where indexing
 * takes long, as in a program that has just begun, and longer where it is quick. Not thread-safe.
 */
final class StepPacer {

    /** A step that takes longer is too long. */
    private static final long FAIR_NANOS = 2_000_000;

    private static final int MOST = 64;

    private int size = 1;

    /** Memories in the next step, 1 or more. */
    int size() {
        return size;
    }

    /** Notes how long a step of this size took. */
    void took(long nanos) {
        if (nanos > FAIR_NANOS) {
            size = Math.max(1, size / 2);
        } else if (nanos < FAIR_NANOS / 2) {
            size = Math.min(MOST, 2 * size);
        }
    }
}
