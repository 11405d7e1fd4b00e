package io.unifiedmemory.search;

import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * What a search has found so far. By relevance the best come first; by recency any may come, and only the newest are kept,
 * as many as are asked for: half of all memories may match, and their texts have no room in memory together. Not
 * thread-safe.
 */
final class HitList {

    private final boolean byRelevance;
    private final int limit;
    private final Set<Long> ids = new HashSet<>();
    private final List<Hit> best = new ArrayList<>();
    /** The oldest of them first. */
    private final PriorityQueue<Hit> newest = new PriorityQueue<>((one, other) -> newestFirst(other, one));

    HitList(SearchRequest request) {
        byRelevance = request.order() == SearchOrder.RELEVANCE;
        limit = request.limit();
    }

    /** Whether a memory was found before, kept or not. */
    boolean has(long id) {
        return ids.contains(id);
    }

    /** How many memories were found, kept or not. */
    int size() {
        return ids.size();
    }

    /** Whether nothing that is found later can be among those asked for. */
    boolean isEnough() {
        return byRelevance && size() >= limit;
    }

    /** Adds one that was not found before. */
    void add(long id, Hit hit) {
        ids.add(id);
        if (byRelevance) {
            best.add(hit);
        } else {
            newest.add(hit);
            if (newest.size() > limit) {
                newest.remove();
            }
        }
    }

    /** Those that are asked for, in the order that is asked for. */
    List<Hit> inOrder() {
        if (byRelevance) {
            return List.copyOf(best);
        }
        List<Hit> sorted = new ArrayList<>(newest);
        sorted.sort(HitList::newestFirst);
        return sorted;
    }

    private static int newestFirst(Hit one, Hit other) {
        return SearchOrder.NEWEST_FIRST.compare(one.entry(), other.entry());
    }
}
