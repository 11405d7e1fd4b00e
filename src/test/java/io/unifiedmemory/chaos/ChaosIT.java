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

    @ParameterizedTest(name = "seed {0}, {1} laptops with {2} servers each, {3} upstream")
    @CsvSource({"1, 1, 2, UNIFIED", "2, 2, 1, UNIFIED", "3, 1, 1, REFERENCE"})
    void nothingIsLostAndNothingReturns(long seed, int laptops, int servers, World.Kind upstream) {
        Counts counts = new ChaosRun(seed, Duration.ofSeconds(18), laptops, servers, upstream).in(folder);

        assertThat(counts.complaints()).as(counts.toString()).isEmpty();
        assertThat(counts.suffice()).as("enough happened: " + counts).isTrue();
    }
}
