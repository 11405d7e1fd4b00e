package io.unifiedmemory.memory;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long, and how much of, what memories held before is kept. Immutable.
 *
 * @param retention how long a revision is kept after it ended; zero keeps none
 * @param maxRevisions how many revisions of one key are kept at most, 1 or more
 * @param maxBytes how large the revisions of one user may become in all, texts and metadata, before the oldest go; about
 *     a sixteenth more for a while
 */
public record HistoryOptions(Duration retention, int maxRevisions, long maxBytes) {

    /** Keeps nothing. */
    public static final HistoryOptions OFF = new HistoryOptions(Duration.ZERO, 1, 1);

    /** 30 days, 50 revisions of a key, 64 MiB of a user. */
    public static final HistoryOptions DEFAULT = new HistoryOptions(Duration.ofDays(30), 50, 64L << 20);

    /** So large a part of the bound is written between two looks at the sum. */
    private static final int PART = 16;

    /** Whether anything is kept. */
    public boolean isOn() {
        return !retention.isZero();
    }

    /**
     * Whether a writer, who has just kept a revision, looks now whether those of its user are too large in all. The sum costs
     * more than a write may, so chance decides: between two looks a sixteenth of the bound is written on average, by however
     * many processes, however short they live.
     *
     * @param bytes the size of the revision
     */
    public boolean isTimeToLook(long bytes) {
        return ThreadLocalRandom.current().nextLong(Math.max(1, maxBytes / PART)) < bytes;
    }
}
