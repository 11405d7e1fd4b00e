package io.unifiedmemory.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts of a sentence are found beside long answers that use the same words many times. */
class MixedLengthsTest {

    private static final int CHATS = 2;

    private static final long SEED = 5;

    @TempDir
    private Path folder;

    @Test
    void shortFactsAreFoundBesideLongAnswers() throws IOException {
        MixedLengths.write(folder, SEED, CHATS);

        Map<String, Double> mean = Metrics.mean(SearchEvaluation.run(folder, folder.resolve("memory.db")).stream()
                .map(SearchEvaluation.Answered::metrics)
                .toList());

        // Where a text shorter than the average counts as long as that, they are 0.35 and 0.70.
        assertThat(mean.get("recall@5")).isGreaterThan(0.7);
        assertThat(mean.get("recall@10")).isGreaterThan(0.85);
    }

    @Test
    void theSameSeedWritesTheSameFolder() throws IOException {
        Path again = Files.createDirectory(folder.resolve("again"));

        MixedLengths.write(folder, SEED, CHATS);
        MixedLengths.write(again, SEED, CHATS);

        for (String file : new String[] {"entries.jsonl", "queries.jsonl"}) {
            assertThat(again.resolve(file)).hasSameTextualContentAs(folder.resolve(file));
        }
    }
}
