package io.unifiedmemory.search.segment;

import static java.util.Objects.requireNonNull;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.EntryContext;
import io.unifiedmemory.search.IndexedMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps one user's segments as a store does, and counts the round trips. */
final class SegmentStore implements PageSource<RuntimeException> {

    private final List<Long> order = new ArrayList<>();
    private final Map<Long, byte[]> roots = new HashMap<>();
    private final Map<PageId, byte[]> pages = new HashMap<>();
    private long last;
    private int roundTrips;

    static IndexedMemory indexed(MemoryEntry entry) {
        return IndexedMemory.of(entry, EntryContext.of(entry));
    }

    void add(BuiltSegment built) {
        order.add(put(built));
    }

    private long put(BuiltSegment built) {
        long number = ++last;
        roots.put(number, built.root());
        for (int page = 0; page < built.pages().size(); page++) {
            pages.put(new PageId(number, page), built.pages().get(page));
        }
        return number;
    }

    List<Segment> segments() {
        List<Segment> segments = new ArrayList<>();
        order.forEach(number -> segments.add(Segment.open(number, requireNonNull(roots.get(number)))));
        return segments;
    }

    LiveSegments<RuntimeException> open(PageCache cache) {
        return new LiveSegments<>(segments(), this, cache);
    }

    void merge(MergePolicy.Run run) {
        BuiltSegment merged = open(new PageCache(0)).merge(run);
        List<Long> gone = order.subList(run.from(), run.to());
        gone.forEach(roots::remove);
        pages.keySet().removeIf(page -> gone.contains(page.segment()));
        gone.clear();
        if (!merged.isEmpty()) {
            order.add(run.from(), put(merged));
        }
    }

    @Override
    public Map<PageId, byte[]> pages(Set<PageId> wanted) {
        roundTrips++;
        Map<PageId, byte[]> found = new HashMap<>();
        for (PageId page : wanted) {
            byte[] bytes = pages.get(page);
            if (bytes != null) {
                found.put(page, bytes);
            }
        }
        return found;
    }

    int roundTrips() {
        return roundTrips;
    }

    long bytes() {
        return roots.values().stream().mapToLong(root -> root.length).sum()
                + pages.values().stream().mapToLong(page -> page.length).sum();
    }
}
