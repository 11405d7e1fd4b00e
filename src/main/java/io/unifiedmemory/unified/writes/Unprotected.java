package io.unifiedmemory.unified.writes;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The writes that only other backends have, because the database file could be neither written nor read. When the file
 * is back, it would contradict those writes: so it gets them before it is asked anything, as long as this process
 * lives. Thread-safe.
 */
final class Unprotected {

    private static final int MOST = 1_000;
    private static final long MOST_CHARS = 4L << 20;

    private final LocalCommit local;
    private final Queue<Write<?>> writes = new ArrayDeque<>();
    private long chars;
    /** Read by every call, so that a call costs nothing while there are no such writes. */
    private volatile boolean any;

    Unprotected(LocalCommit local) {
        this.local = local;
    }

    /** Whether no further write can be remembered. */
    synchronized boolean isFull() {
        return writes.size() >= MOST || chars >= MOST_CHARS;
    }

    synchronized void note(Write<?> write) {
        writes.add(write);
        chars += chars(write);
        any = true;
    }

    /** Makes these writes in the store of record, in the versions that they have, if it takes them now. */
    void makeGood() {
        if (any) {
            makeAllGood();
        }
    }

    private synchronized void makeAllGood() {
        for (Write<?> next = writes.peek(); next != null; next = writes.peek()) {
            if (local.commit(next).failure() != null) {
                return;
            }
            writes.remove();
            chars -= chars(next);
        }
        any = false;
    }

    private static long chars(Write<?> write) {
        return write instanceof Write.Store store ? store.entry().value().length() : 0;
    }
}
