package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.unified.reads.SearchResult.FusedHit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Merges several rankings by reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009): an entry's score is
 * the sum of weight / (60 + rank) over the rankings that have it, so that the scores of different backends need not be
 * comparable. One entry per key, the newest. Not thread-safe.
 *
 * <p>An entry that another program wrote can be in one ranking only. Where that ranking also has entries that other
 * backends found, it shows how the entry compares with those, and the entry gets the score that it would have at that
 * rank in all of them. Otherwise every entry that is kept twice would come before it.
 */
final class RankFusion {

    /**
     * The weight of a backend that is not the store of record, whose weight is 1: what only another backend found comes
     * after the best four that the store of record found, so that a poor ranking there cannot spoil a good one here.
     */
    static final double OTHERS = 0.95;

    private static final int K = 60;

    /** No key has it. */
    private static final String SEPARATOR = "\n";

    private final Map<String, Fused> byKey = new LinkedHashMap<>();
    private final Map<String, Double> weights = new LinkedHashMap<>();

    /** The backends that found something which another backend found too. */
    private final Set<String> comparable = new HashSet<>();

    /**
     * Adds the ranking of one backend, best first. Backends must be added in the order of priority.
     *
     * @param ofSource whether the backend is a source, whose hits are no copies of memories that others have, whatever
     *     their keys
     */
    void add(String backend, double weight, List<Hit> ranking, boolean ofSource) {
        weights.put(backend, weight);
        String apart = ofSource ? backend + SEPARATOR : "";
        for (int i = 0; i < ranking.size(); i++) {
            Fused hit = new Fused(
                    ranking.get(i),
                    weight / (K + i + 1),
                    List.of(backend),
                    ofSource,
                    ranking.get(i).byMeaning());
            byKey.merge(apart + hit.key(), hit, this::fuse);
        }
    }

    /** What backends found under one key: the newest entry, the sum of its scores, and the backends that found it. */
    private record Fused(Hit newest, double score, List<String> backends, boolean ofSource, boolean byMeaning) {

        String key() {
            return newest.entry().key();
        }

        FusedHit scored(double total) {
            return new FusedHit(newest.entry(), total, backends, ofSource, byMeaning);
        }
    }

    private Fused fuse(Fused held, Fused next) {
        boolean outdone = WriteOrder.outdoes(next.newest.entry(), held.newest.entry());
        Hit newest = outdone ? next.newest : held.newest;
        List<String> backends = new ArrayList<>(held.backends);
        backends.addAll(next.backends);
        comparable.addAll(backends);
        return new Fused(
                newest,
                held.score + next.score,
                List.copyOf(backends),
                held.ofSource,
                held.byMeaning && next.byMeaning);
    }

    /** All hits, ordered by score; 1 is added where the memory contains the whole query. */
    List<FusedHit> bestFirst() {
        return byKey.values().stream()
                .map(hit -> hit.scored((hit.newest.containsQuery() ? 1 : 0) + hit.score * share(hit)))
                .sorted((one, other) -> Double.compare(other.score(), one.score()))
                .toList();
    }

    private double share(Fused hit) {
        String backend = hit.backends.get(0);
        boolean inOneOnly = hit.newest.entry().isForeign() && hit.backends.size() == 1 && comparable.contains(backend);
        double all = weights.values().stream().mapToDouble(Double::doubleValue).sum();
        return inOneOnly ? all / weights.getOrDefault(backend, all) : 1;
    }

    List<FusedHit> newestFirst() {
        return byKey.values().stream()
                .map(hit -> hit.scored(hit.score))
                .sorted(Comparator.comparing(FusedHit::entry, SearchOrder.NEWEST_FIRST))
                .toList();
    }
}
