package io.unifiedmemory.memory;

import java.time.Duration;

/**
 * How long, and how much of, what memories held before is kept. Immutable.
 *
 * @param retention how long a revision is kept after it ended; zero keeps none
 * @param maxRevisions how many revisions of one key are kept at most, 1 or more
 * @param maxBytes how large the revisions of one user may become in all, texts and metadata, before the oldest go; a
 *     sixteenth more for a while
 */
public record HistoryOptions(Duration retention, int maxRevisions, long maxBytes) {

    /** Keeps nothing. */
    public static final HistoryOptions OFF = new HistoryOptions(Duration.ZERO, 1, 1);

    /** 30 days, 50 revisions of a key, 64 MiB of a user. */
    public static final HistoryOptions DEFAULT = new HistoryOptions(Duration.ofDays(30), 50, 64L << 20);

    /** Whether anything is kept. */
    public boolean isOn() {
        return !retention.isZero();
    }
}
