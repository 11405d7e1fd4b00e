package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.unified.reads.SearchResult.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Makes one ranking of many by reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009): an entry's score is
 * the sum of weight / (60 + rank) over the rankings that have it, so that no backend's own scores need be comparable.
 * One entry per key, the newest. Not thread-safe.
 *
 * <p>What another program wrote can stand in one ranking only. Where that ranking also has what others found, it shows how
 * the entry compares with those, and the entry gets what it would have at that place in all of them; else everything that is
 * kept twice would stand before it.
 */
final class RankFusion {

    /**
     * The weight of a backend that is not the local database, whose weight is 1: what only the other one found takes its
     * place behind the best four that were found here, so that a poor ranking there cannot spoil a good one here.
     */
    static final double OTHERS = 0.95;

    private static final int K = 60;

    private final Map<String, Hit> byKey = new LinkedHashMap<>();
    private final Map<String, Double> weights = new LinkedHashMap<>();

    /** The backends that found something which another one found too. */
    private final Set<String> comparable = new HashSet<>();

    /** Adds one backend's ranking, best first; the backends of higher priority first. */
    void add(String backend, double weight, List<MemoryEntry> ranking) {
        weights.put(backend, weight);
        for (int i = 0; i < ranking.size(); i++) {
            Hit hit = new Hit(ranking.get(i), weight / (K + i + 1), List.of(backend));
            byKey.merge(hit.entry().key(), hit, this::fuse);
        }
    }

    private Hit fuse(Hit held, Hit next) {
        MemoryEntry entry = WriteOrder.isNewer(next.entry(), held.entry()) ? next.entry() : held.entry();
        List<String> backends = new ArrayList<>(held.backends());
        backends.addAll(next.backends());
        comparable.addAll(backends);
        return new Hit(entry, held.score() + next.score(), List.copyOf(backends));
    }

    /** By score, to which 1 is added where the entry is exactly what was asked for. */
    List<Hit> bestFirst(Predicate<MemoryEntry> exact) {
        return byKey.values().stream()
                .map(hit -> new Hit(
                        hit.entry(), (exact.test(hit.entry()) ? 1 : 0) + hit.score() * share(hit), hit.backends()))
                .sorted(Comparator.comparingDouble(Hit::score).reversed())
                .toList();
    }

    private double share(Hit hit) {
        String backend = hit.backends().get(0);
        boolean inOneOnly = hit.entry().isForeign() && hit.backends().size() == 1 && comparable.contains(backend);
        double all = weights.values().stream().mapToDouble(Double::doubleValue).sum();
        return inOneOnly ? all / weights.getOrDefault(backend, all) : 1;
    }

    List<Hit> newestFirst() {
        return byKey.values().stream()
                .sorted(Comparator.comparing(Hit::entry, SearchOrder.NEWEST_FIRST))
                .toList();
    }
}
