package io.unifiedmemory.search.segment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which segments to merge next. Eight of a like size become one, so that a memory is written again once for each time
 * that the index grows eightfold, and of each size there are fewer than eight. A segment much of which is dead is
 * written anew alone. Stateless.
 */
public final class MergePolicy {

    private static final int OF_LIKE_SIZE = 8;

    /** A segment is written anew when the dead are more than one in this many. */
    private static final int MOST_DEAD = 4;

    /** Smaller ones are merged soon anyway. */
    private static final int SMALLEST_WRITTEN_ALONE = 64;

    private MergePolicy() {}

    /**
     * The size of a segment.
     *
     * @param touched ids that it touches
     * @param documents memories that it defines
     * @param dead how many of these a newer segment touches
     */
    public record Size(long touched, long documents, long dead) {

        /** How often the size has grown eightfold. */
        private int level() {
            int level = 0;
            for (long rest = touched; rest >= OF_LIKE_SIZE; rest /= OF_LIKE_SIZE) {
                level++;
            }
            return level;
        }
    }

    /**
     * Neighbouring segments.
     *
     * @param from the place of the first
     * @param to the place behind the last
     */
    public record Run(int from, int to) {}

    /** The segments to merge next; null when none need it. */
    public static @Nullable Run next(List<Size> oldestFirst) {
        int highest = oldestFirst.stream().mapToInt(Size::level).max().orElse(0);
        for (int level = 0; level <= highest; level++) {
            Run run = runUpTo(level, oldestFirst);
            if (run != null) {
                return run;
            }
        }
        for (int i = 0; i < oldestFirst.size(); i++) {
            Size size = oldestFirst.get(i);
            if (size.documents() >= SMALLEST_WRITTEN_ALONE && MOST_DEAD * size.dead() > size.documents()) {
                return new Run(i, i + 1);
            }
        }
        return null;
    }

    /** The first eight or more neighbours none of which is larger. */
    private static @Nullable Run runUpTo(int level, List<Size> sizes) {
        int from = 0;
        for (int i = 0; i <= sizes.size(); i++) {
            if (i == sizes.size() || sizes.get(i).level() > level) {
                if (i - from >= OF_LIKE_SIZE) {
                    return new Run(from, i);
                }
                from = i + 1;
            }
        }
        return null;
    }
}
