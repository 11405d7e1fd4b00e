package io.unifiedmemory.access;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits the memory that all callers together, and each of them, may make the server hold. A request that exceeds its
 * owner's share is admitted when nothing else is held for that owner, so that no size is refused for ever. Thread-safe;
 * remembers only owners for whom something is held.
 */
public final class ByteBudget {

    /** The share of one owner is this fraction of the whole, so that a few greedy owners leave room for the others. */
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
     * Reserves bytes; when it returns true, {@link #give} must follow, once.
     *
     * @param owner the owner; null for an unidentified one, whose share is the whole
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

    /** Releases bytes that were reserved. */
    public synchronized void give(@Nullable String owner, long bytes) {
        sum -= bytes;
        if (owner != null) {
            held.computeIfPresent(owner, (id, count) -> count == bytes ? null : count - bytes);
        }
    }

    /** The bytes that are held for all owners. */
    public synchronized long held() {
        return sum;
    }
}
