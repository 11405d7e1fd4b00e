package io.unifiedmemory.retrieval;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rank metrics on binary relevance, each from 0 to 1: the share of the relevant that is among the first k (recall), one
 * through the rank of the first relevant among ten (MRR), and the discounted gain of ten, each relevant one at rank i
 * worth 1 / log2(i + 1), over that of an ideal ranking (nDCG; Jaervelin and Kekaelaeinen, TOIS 2002).
 */
final class Metrics {

    private static final int[] DEPTHS = {1, 5, 10, 25};
    private static final int[] HIT_DEPTHS = {1, 5, 10};
    private static final int TEN = 10;

    private Metrics() {}

    /**
     * The metrics of one question, by name.
     *
     * @param ranking keys, best first; what is there twice counts where it is first
     * @param relevant at least one key
     */
    static Map<String, Double> of(List<String> ranking, Set<String> relevant) {
        List<String> ranked = ranking.stream().distinct().toList();
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int depth : DEPTHS) {
            long found = ranked.stream().limit(depth).filter(relevant::contains).count();
            metrics.put("recall@" + depth, (double) found / relevant.size());
        }
        double gain = 0;
        double reciprocal = 0;
        for (int i = Math.min(ranked.size(), TEN) - 1; i >= 0; i--) {
            if (relevant.contains(ranked.get(i))) {
                gain += gain(i);
                reciprocal = 1.0 / (i + 1);
            }
        }
        double ideal = 0;
        for (int i = 0; i < Math.min(relevant.size(), TEN); i++) {
            ideal += gain(i);
        }
        metrics.put("mrr@10", reciprocal);
        metrics.put("ndcg@10", gain / ideal);
        return metrics;
    }

    /**
     * Whether any of the relevant is among the first k, 1 or 0, by name.
     *
     * @param what is ranked, each once
     */
    static Map<String, Double> hits(String what, List<String> ranking, Set<String> relevant) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int depth : HIT_DEPTHS) {
            boolean hit = ranking.stream().limit(depth).anyMatch(relevant::contains);
            metrics.put(what + " hit@" + depth, hit ? 1.0 : 0.0);
        }
        return metrics;
    }

    /** The mean of each metric. */
    static Map<String, Double> mean(Collection<Map<String, Double>> each) {
        return each.stream()
                .flatMap(metrics -> metrics.entrySet().stream())
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, LinkedHashMap::new, Collectors.averagingDouble(Map.Entry::getValue)));
    }

    private static double gain(int index) {
        return Math.log(2) / Math.log(index + 2.0);
    }
}
