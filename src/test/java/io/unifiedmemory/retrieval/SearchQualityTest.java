package io.unifiedmemory.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Search finds the memories of the fixture when it is asked as people and models ask. */
class SearchQualityTest {

    private static final Path FIXTURE = Path.of("src/test/resources/retrieval");

    @TempDir
    private Path folder;

    @Test
    void theFixtureIsFound() throws IOException {
        List<SearchEvaluation.Answered> answered = SearchEvaluation.run(FIXTURE, folder.resolve("memory.db"));

        Map<String, Double> mean = Metrics.mean(
                answered.stream().map(SearchEvaluation.Answered::metrics).toList());

        String report = SearchEvaluation.report(answered) + missed(answered);
        assertThat(answered).hasSizeGreaterThan(40);
        assertThat(mean.get("recall@5")).as(report).isGreaterThanOrEqualTo(0.85);
        assertThat(mean.get("recall@10")).as(report).isGreaterThanOrEqualTo(0.9);
        assertThat(mean.get("mrr@10")).as(report).isGreaterThanOrEqualTo(0.75);
    }

    private static String missed(List<SearchEvaluation.Answered> answered) {
        StringBuilder missed = new StringBuilder("not among the first five:\n");
        answered.stream()
                .filter(each -> each.metrics().getOrDefault("recall@5", 0.0) < 1)
                .forEach(each -> missed.append(each).append('\n'));
        return missed.toString();
    }
}
