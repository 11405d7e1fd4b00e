package io.unifiedmemory.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing acknowledged is lost and nothing deleted returns, whoever dies or freezes. */
class ChaosIT {

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}, seed {1}, {2} machines with {3} servers each")
    @CsvSource({"unified, 1, 1, 2", "unified, 2, 2, 1", "reference, 3, 1, 1"})
    void nothingIsLostAndNothingReturns(String mix, long seed, int machines, int servers) {
        run(new ChaosRun(Mix.named(mix, seed), seed, Duration.ofSeconds(18), machines, servers));
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest(name = "{0}, seed {1}, {2} machines")
    @CsvSource({
        "memory-bank, 11, 1",
        "skewed-clocks, 1, 2",
        "wait-local, 2, 2",
        "freshest, 3, 2",
        "without-sqlite, 4, 2",
        "without-sqlite-reference, 5, 1",
        "sqlite-toggled, 6, 2",
        "http, 7, 2",
        "http-reference, 8, 1",
        "full-disk, 9, 2",
        "full-disk-reference, 10, 1"
    })
    void norWhateverElseHappens(String mix, long seed, int machines) {
        run(new ChaosRun(Mix.named(mix, seed), seed, Duration.ofSeconds(6), machines, 1));
    }

    @Test
    void norOnPostgresWithSeveralServersOverHttp() {
        ClusterRun run = new ClusterRun(1, Duration.ofSeconds(20), 3, 4);
        Counts counts = run.in(folder);

        assertThat(counts.complaints()).as(counts.toString()).isEmpty();
        assertThat(run.suffices(counts)).as("enough happened: " + counts).isTrue();
    }

    private void run(ChaosRun run) {
        Counts counts = run.in(folder);

        assertThat(counts.complaints()).as(counts.toString()).isEmpty();
        assertThat(run.suffices(counts)).as("enough happened: " + counts).isTrue();
    }
}
