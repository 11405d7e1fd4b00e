package io.unifiedmemory.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Search finds the memories of the fixture when it is asked as people and models ask: as well as before, but for one
 * question.
 */
class SearchQualityTest {

    static final Path FIXTURE = Path.of("src/test/resources/retrieval");

    static final int QUESTIONS = 56;

    /** The same facts in eight languages, of one user. */
    private static final Path LANGUAGES = FIXTURE.resolve("languages");

    private static final int QUESTIONS_IN_LANGUAGES = 128;

    /** What search reached when these lines were last written, summed over the questions. */
    private static final Map<String, Double> REACHED =
            Map.of("recall@1", 54.5, "recall@5", 56.0, "recall@10", 56.0, "mrr@10", 55.5);

    @TempDir
    private Path folder;

    @Test
    void theFixtureIsFound() throws IOException {
        List<SearchEvaluation.Answered> answered = SearchEvaluation.run(FIXTURE, folder.resolve("memory.db"));

        Map<String, Double> mean = Metrics.mean(
                answered.stream().map(SearchEvaluation.Answered::metrics).toList());

        String report = SearchEvaluation.report(answered) + missed(answered);
        assertThat(answered).hasSize(QUESTIONS);
        REACHED.forEach((metric, reached) -> assertThat(mean.get(metric))
                .as(metric + ", less than all but one question\n" + report)
                .isGreaterThanOrEqualTo((reached - 1) / QUESTIONS));
    }

    /** As well as when these lines were written, but for one question. */
    @Test
    void eachLanguageIsFoundAmongTheOthers() throws IOException {
        List<SearchEvaluation.Answered> answered = SearchEvaluation.run(LANGUAGES, folder.resolve("languages.db"));

        Map<String, Double> mean = Metrics.mean(
                answered.stream().map(SearchEvaluation.Answered::metrics).toList());

        String report = SearchEvaluation.report(answered) + missed(answered);
        assertThat(answered).hasSize(QUESTIONS_IN_LANGUAGES);
        assertThat(mean.get("recall@1")).as(report).isGreaterThanOrEqualTo(113.0 / QUESTIONS_IN_LANGUAGES);
        assertThat(mean.get("recall@5")).as(report).isGreaterThanOrEqualTo(126.0 / QUESTIONS_IN_LANGUAGES);
    }

    private static String missed(List<SearchEvaluation.Answered> answered) {
        StringBuilder missed = new StringBuilder("not among the first five:\n");
        answered.stream()
                .filter(each -> each.metrics().getOrDefault("recall@5", 0.0) < 1)
                .forEach(each -> missed.append(each).append('\n'));
        return missed.toString();
    }
}
