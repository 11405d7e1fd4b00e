package io.unifiedmemory.memory.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PauseTest {

    @Test
    void lastsAsLongAsAsked() {
        long start = System.nanoTime();
        assertThat(Pause.of(Duration.ofMillis(5))).isTrue();
        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(Duration.ofMillis(5).toNanos());
    }

    @Test
    void endsWithAnInterruptWhichStays() {
        Thread.currentThread().interrupt();
        assertThat(Pause.of(Duration.ofDays(1))).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }
}
