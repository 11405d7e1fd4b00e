package io.unifiedmemory.store.sqlite.index;

import java.util.concurrent.TimeUnit;

/**
 * When deleted text is erased from the files. Merging takes long in a large index: so it is done rarely, and rather
 * when nobody writes than between two writes. Times are as of {@link System#nanoTime}. Not thread-safe.
 */
final class ErasureSchedule {

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LONGEST_WITHOUT_QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Erasing is not repeated before so many times as long as it took. */
    private static final int RARELY = 100;

    private boolean needed;
    /** From when on text may be erased, while there is some. */
    private long from;
    /** What was noted in the file when it was last looked at: that it grows shows that another process writes. */
    private long notedBefore;

    /** Whether there is text to erase, now or later. */
    boolean isNeeded() {
        return needed;
    }

    /** Whether the time to erase has come, if it stays quiet. */
    boolean hasCome(long now) {
        return needed && now - from >= 0;
    }

    /**
     * Whether to erase now.
     *
     * @param noted how often the file says that text was deleted; 0 when all was erased, by whichever process
     * @param lastWrite when this process last wrote
     */
    boolean isDue(long noted, long now, long lastWrite) {
        if (noted > 0 && !needed) {
            needed = true;
            from = now + QUIET_NANOS;
        }
        boolean quiet = noted == notedBefore && now - lastWrite >= QUIET_NANOS;
        notedBefore = noted;
        needed &= noted > 0;
        return hasCome(now) && (quiet || now - from >= LONGEST_WITHOUT_QUIET_NANOS);
    }

    /** Erasing begins; when it fails, it is tried again after a while. */
    void begins(long now) {
        from = now + LONGEST_WITHOUT_QUIET_NANOS;
    }

    /**
     * Erasing has ended.
     *
     * @param all whether nothing is left to erase
     */
    void ended(long begun, long now, boolean all) {
        needed = !all;
        from = now + Math.max(QUIET_NANOS, RARELY * (now - begun));
    }
}
