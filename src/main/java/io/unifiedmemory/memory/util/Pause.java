package io.unifiedmemory.memory.util;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waiting on the caller's own thread. Nothing else sleeps but SQLite's busy handler and the indexer. */
public final class Pause {

    private Pause() {}

    /**
     * Waits that long. An interrupt ends it at once, and the thread stays interrupted, so that whatever it does next ends
     * too.
     *
     * @return false when it was interrupted
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
