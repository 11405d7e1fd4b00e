package io.unifiedmemory.access;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much memory all callers together, and each of them, may make the server hold for them. What is larger than a share
 * fits when nothing else is held for its owner, so that no size is refused for ever. Thread-safe; remembers only owners for
 * whom something is held.
 */
public final class ByteBudget {

    /** How much of the whole one owner may have: some who take all they can get leave room for the others. */
    private static final int SHARES = 4;

    private final long total;
    private final Map<String, Long> held = new HashMap<>();
    private long sum;

    /**
     * @param total in bytes, for all owners; one of them may have a quarter of it
     */
    public ByteBudget(long total) {
        this.total = total;
    }

    /** A budget of one part in {@code parts} of the heap. */
    public static ByteBudget ofHeap(int parts) {
        return new ByteBudget(Runtime.getRuntime().maxMemory() / parts);
    }

    /**
     * Whether so many bytes may be held more; then {@link #give} must follow, once.
     *
     * @param owner for whom; null for somebody who cannot be told from others, whose share is the whole
     */
    public synchronized boolean take(@Nullable String owner, long bytes) {
        long own = owner == null ? sum : held.getOrDefault(owner, 0L);
        long share = owner == null ? total : total / SHARES;
        boolean fits = sum == 0 || (sum + bytes <= total && (own == 0 || own + bytes <= share));
        if (fits) {
            sum += bytes;
            if (owner != null) {
                held.merge(owner, bytes, Long::sum);
            }
        }
        return fits;
    }

    /** Says that bytes which were taken are held no more. */
    public synchronized void give(@Nullable String owner, long bytes) {
        sum -= bytes;
        if (owner != null) {
            held.computeIfPresent(owner, (id, count) -> count == bytes ? null : count - bytes);
        }
    }

    /** What is held for everybody, in bytes. */
    public synchronized long held() {
        return sum;
    }
}
