package io.unifiedmemory.memory;

import org.jspecify.annotations.Nullable;

/**
 * When a write happened, as a hybrid logical clock reading: orders two writes of one key wherever they were made.
 * Immutable.
 *
 * <p>The upper 48 bits are milliseconds since the epoch, the lower 16 a counter for writes within one millisecond
 * (Kulkarni et al., "Logical Physical Clocks", 2014).
 *
 * @param stamp the clock reading, 0 or more; 0 means that the write has no version
 */
public record HlcTimestamp(long stamp) implements Comparable<HlcTimestamp> {

    /** The timestamp of an entry without a version, which another program wrote. It is older than every version. */
    public static final HlcTimestamp NONE = new HlcTimestamp(0);

    private static final int COUNTER_BITS = 16;

    /** The largest credible lead of another clock over this machine's clock. */
    private static final long MOST_AHEAD_MILLIS = 24 * 60 * 60 * 1000L;

    /** The first of January 3000. No working clock shows a later time, and the limit leaves room for newer versions. */
    private static final HlcTimestamp LATEST = atMillis(32_503_680_000_000L);

    public HlcTimestamp {
        if (stamp < 0) {
            throw new IllegalArgumentException("a version is 0 or more, not " + stamp);
        }
    }

    // Every write compares versions. What the JVM would make for a record is slower, and made at every start.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HlcTimestamp version && stamp == version.stamp;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(stamp);
    }

    /** The first version of a millisecond, which is counted since the epoch. */
    public static HlcTimestamp atMillis(long millis) {
        return new HlcTimestamp(millis << COUNTER_BITS);
    }

    /**
     * Reads a version in decimal digits, as another program sends it.
     *
     * @throws IllegalArgumentException when the text is not a version, or lies beyond the year 3000: no write could
     *     ever be newer
     */
    public static HlcTimestamp parse(String text) {
        HlcTimestamp version = new HlcTimestamp(Long.parseLong(text));
        if (version.isNewerThan(LATEST)) {
            throw new IllegalArgumentException("a version beyond the year 3000: " + text);
        }
        return version;
    }

    /** The smallest version above this one; its milliseconds follow when the counter is used up. */
    public HlcTimestamp next() {
        return new HlcTimestamp(stamp + 1);
    }

    /** The largest version below this one. {@link #NONE} has none and returns itself. */
    public HlcTimestamp previous() {
        return stamp == 0 ? NONE : new HlcTimestamp(stamp - 1);
    }

    /** The time part of the version, in milliseconds since the epoch. */
    public long millis() {
        return stamp >>> COUNTER_BITS;
    }

    /** Whether a time is credible as the reading of another clock: at most a day ahead of this machine's clock. */
    public static boolean isCredible(long millis, long nowMillis) {
        return millis - nowMillis <= MOST_AHEAD_MILLIS;
    }

    public boolean isNewerThan(HlcTimestamp other) {
        return stamp > other.stamp;
    }

    @Override
    public int compareTo(HlcTimestamp other) {
        return Long.compare(stamp, other.stamp);
    }
}
