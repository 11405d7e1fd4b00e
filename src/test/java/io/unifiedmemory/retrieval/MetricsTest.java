package io.unifiedmemory.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The metrics against values that were computed by hand. */
class MetricsTest {

    @Test
    void twoOfThreeRelevantAtRanksTwoAndFour() {
        Map<String, Double> metrics = Metrics.of(List.of("x", "a", "y", "b", "z", "w"), Set.of("a", "b", "c"));

        assertMetric(metrics, "recall@1", 0);
        assertMetric(metrics, "recall@5", 0.6667);
        assertMetric(metrics, "recall@10", 0.6667);
        assertMetric(metrics, "recall@25", 0.6667);
        assertMetric(metrics, "mrr@10", 0.5);
        // (1/log2(3) + 1/log2(5)) / (1/log2(2) + 1/log2(3) + 1/log2(4)) = (0.63093 + 0.43068) / 2.13093
        assertMetric(metrics, "ndcg@10", 0.4982);
    }

    @Test
    void aRelevantOneAtRankElevenCountsForRecallAt25Alone() {
        List<String> ranking =
                IntStream.range(0, 12).mapToObj(i -> i == 10 ? "a" : "x" + i).toList();

        Map<String, Double> metrics = Metrics.of(ranking, Set.of("a"));

        assertMetric(metrics, "recall@10", 0);
        assertMetric(metrics, "recall@25", 1);
        assertMetric(metrics, "mrr@10", 0);
        assertMetric(metrics, "ndcg@10", 0);
    }

    @Test
    void theIdealRankingHasOnesAndNoneHasZeros() {
        assertThat(Metrics.of(List.of("a", "b", "x"), Set.of("a", "b")))
                .containsEntry("recall@1", 0.5)
                .containsEntry("recall@5", 1.0)
                .containsEntry("mrr@10", 1.0)
                .containsEntry("ndcg@10", 1.0);
        assertThat(Metrics.of(List.of(), Set.of("a")).values()).containsOnly(0.0);
    }

    @Test
    void whatIsRankedTwiceCountsOnce() {
        Map<String, Double> metrics = Metrics.of(List.of("x", "x", "a", "a"), Set.of("a", "b"));

        assertMetric(metrics, "recall@5", 0.5);
        assertMetric(metrics, "mrr@10", 0.5);
        // (1/log2(3)) / (1/log2(2) + 1/log2(3)) = 0.63093 / 1.63093
        assertMetric(metrics, "ndcg@10", 0.3869);
    }

    @Test
    void theMeanIsTakenMetricByMetric() {
        assertThat(Metrics.mean(List.of(Map.of("a", 1.0, "b", 0.0), Map.of("a", 0.5, "b", 0.0))))
                .containsEntry("a", 0.75)
                .containsEntry("b", 0.0);
    }

    private static void assertMetric(Map<String, Double> metrics, String name, double expected) {
        assertThat(metrics.get(name)).as(name).isCloseTo(expected, within(0.0001));
    }
}
