package io.unifiedmemory.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.chaos.Counts.Count;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing acknowledged is lost and nothing deleted returns, whoever dies or freezes. */
class ChaosIT {

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "seed {0}, {1} servers, {2} upstream")
    @CsvSource({"1, 2, UNIFIED", "2, 2, UNIFIED", "3, 1, REFERENCE"})
    void nothingIsLostAndNothingReturns(long seed, int servers, World.Kind upstream) {
        Counts counts = new ChaosRun(seed, Duration.ofSeconds(25), servers, upstream).in(folder);

        assertThat(counts.complaints()).as(counts.toString()).isEmpty();
        assertThat(counts.of(Count.ACKNOWLEDGED)).as(counts.toString()).isGreaterThanOrEqualTo(100);
        assertThat(counts.of(Count.SERVER_KILLS) + counts.of(Count.UPSTREAM_KILLS) + counts.of(Count.FREEZES))
                .as(counts.toString())
                .isGreaterThanOrEqualTo(3);
    }
}
