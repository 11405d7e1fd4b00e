package io.unifiedmemory.memory.util;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Pauses the caller's own thread. Apart from this class only SQLite's busy handler and the indexer sleep. */
public final class Pause {

    private Pause() {}

    /**
     * Waits on the caller's own thread. An interrupt ends the wait at once, and the thread stays interrupted, so that
     * its next blocking call ends too.
     *
     * @return false when the wait was interrupted
     */
    public static boolean of(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
