package io.unifiedmemory.unified;

import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.unified.SearchResult.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one ranking of many by reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009): an entry's score is
 * the sum of 1 / (60 + rank) over the rankings that have it, so that no backend's own scores need be comparable. One
 * entry per key, the newest. Not thread-safe.
 */
final class RankFusion {

    private static final int K = 60;

    private final Map<String, Hit> byKey = new LinkedHashMap<>();

    /** Adds one backend's ranking, best first; the backends of higher priority first. */
    void add(String backend, List<MemoryEntry> ranking) {
        for (int i = 0; i < ranking.size(); i++) {
            Hit hit = new Hit(ranking.get(i), 1.0 / (K + i + 1), List.of(backend));
            byKey.merge(hit.entry().key(), hit, RankFusion::fuse);
        }
    }

    private static Hit fuse(Hit held, Hit next) {
        MemoryEntry entry = Precedence.isNewer(next.entry(), held.entry()) ? next.entry() : held.entry();
        List<String> backends = new ArrayList<>(held.backends());
        backends.addAll(next.backends());
        return new Hit(entry, held.score() + next.score(), List.copyOf(backends));
    }

    List<Hit> bestFirst() {
        return sorted(Comparator.comparingDouble(Hit::score).reversed());
    }

    List<Hit> newestFirst() {
        return sorted(Comparator.comparing((Hit hit) -> Precedence.time(hit.entry()))
                .thenComparing(hit -> hit.entry().version())
                .reversed());
    }

    private List<Hit> sorted(Comparator<Hit> order) {
        return byKey.values().stream()
                .sorted(order.thenComparing(hit -> hit.entry().key(), KeyOrder.COMPARATOR))
                .toList();
    }
}
