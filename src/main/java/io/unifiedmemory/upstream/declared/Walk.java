package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Cuts whole lists into pages. A server's list is in an order of its own, so it is read as a whole for the first page; for
 * the next pages it is kept for a while, unless something is written meanwhile. Thread-safe.
 */
final class Walk {

    private static final long KEPT_NANOS = Duration.ofMinutes(1).toNanos();

    /** @param sorted all memories of the user, by key */
    private record Kept(String userId, List<MemoryEntry> sorted, long readAt) {}

    private volatile @Nullable Kept kept;

    /** Called before and after each write: what was read earlier may be outdated. */
    void forget() {
        kept = null;
    }

    /** @param all reads all memories of the user */
    Page page(ListRequest request, Supplier<Collection<MemoryEntry>> all) {
        String after = request.afterKey();
        List<MemoryEntry> sorted = after == null ? null : kept(request.userId());
        if (sorted == null) {
            long now = System.nanoTime();
            sorted = all.get().stream().sorted(KeyOrder.ENTRIES).toList();
            kept = new Kept(request.userId(), sorted, now);
        }
        List<MemoryEntry> rest = after == null
                ? sorted
                : sorted.stream()
                        .filter(entry -> KeyOrder.isBehind(after, entry))
                        .toList();
        List<MemoryEntry> page = fitting(rest, request);
        boolean more = page.size() < rest.size();
        if (!more) {
            kept = null;
        }
        return new Page(page, more, after == null ? (long) sorted.size() : null);
    }

    private @Nullable List<MemoryEntry> kept(String userId) {
        Kept last = kept;
        return last != null && last.userId().equals(userId) && System.nanoTime() - last.readAt() < KEPT_NANOS
                ? last.sorted()
                : null;
    }

    private static List<MemoryEntry> fitting(List<MemoryEntry> rest, ListRequest request) {
        List<MemoryEntry> page = new ArrayList<>();
        long chars = 0;
        for (MemoryEntry entry : rest) {
            if (page.size() == request.limit() || (chars > request.maxChars() && !page.isEmpty())) {
                return page;
            }
            page.add(entry);
            chars += entry.key().length() + entry.value().length();
        }
        return page;
    }
}
