package io.unifiedmemory.unified.writes;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The writes that only other backends have, because the local database could be neither written nor read. When it is back it
 * would contradict them: so before it is asked anything it gets them, as long as this process lives. Thread-safe.
 */
final class Unprotected {

    private static final int MOST = 1_000;
    private static final long MOST_CHARS = 4L << 20;

    private final LocalCommit local;
    private final Queue<Write<?>> writes = new ArrayDeque<>();
    private long chars;
    /** Looked at by every call, so that one costs nothing while there is none. */
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

    /** Makes them in the local database, in the versions that they have, if that takes them now. */
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
