package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code scripts/soak}. */
class SoakIT {

    @TempDir
    private Path folder;

    @Test
    void sixtyFourClientsSeeNoErrorAndMemoryStaysFlat() throws InterruptedException {
        List<String> log = new ArrayList<>();
        Soak.Result result = Soak.run(folder, Duration.ofSeconds(10), 64, log::add);
        assertThat(result.failures()).as(String.join("\n", log)).isEmpty();
    }
}
