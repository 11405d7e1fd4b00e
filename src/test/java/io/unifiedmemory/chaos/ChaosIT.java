package io.unifiedmemory.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing acknowledged is lost and nothing deleted returns, whoever dies or freezes. */
class ChaosIT {

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}, seed {1}, {2} machines with {3} servers each, {4} s")
    @CsvSource({
        "unified, 1, 1, 2, 18",
        "unified, 2, 2, 1, 18",
        "reference, 3, 1, 1, 18",
    })
    void nothingIsLostAndNothingReturns(String mix, long seed, int machines, int servers, int seconds) {
        ChaosRun run = new ChaosRun(Mix.named(mix, seed), seed, Duration.ofSeconds(seconds), machines, servers);
        Counts counts = run.in(folder);

        assertThat(counts.complaints()).as(counts.toString()).isEmpty();
        assertThat(run.suffices(counts)).as("enough happened: " + counts).isTrue();
    }
}
