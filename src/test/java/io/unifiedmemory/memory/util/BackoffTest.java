package io.unifiedmemory.memory.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    @Test
    void variesByItsJitterAroundTheDoubledPause() {
        assertThat(pauses(0.25, 0.0).after(1)).isEqualTo(Duration.ofMillis(375));
        assertThat(pauses(0.25, 0.5).after(3)).isEqualTo(Duration.ofSeconds(2));
        assertThat(pauses(0.25, 1.0).after(2)).isEqualTo(Duration.ofMillis(1250));
        assertThat(pauses(1.0, 0.0).after(2)).isEqualTo(Duration.ZERO);
        assertThat(pauses(1.0, 1.0).after(2)).isEqualTo(Duration.ofSeconds(2));
        assertThat(pauses(0.0, 0.9).after(2)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void staysAtTheLimitHoweverOftenItFails() {
        assertThat(pauses(0.25, 0.5).after(7)).isEqualTo(LONGEST);
        assertThat(pauses(0.25, 0.5).after(Integer.MAX_VALUE)).isEqualTo(LONGEST);
    }

    @Test
    void byDefaultAQuarterMoreOrLess() {
        Backoff backoff = Backoff.of(FIRST, LONGEST);
        assertThat(IntStream.range(0, 1000).mapToObj(each -> backoff.after(1)).toList())
                .allSatisfy(pause -> assertThat(pause).isBetween(Duration.ofMillis(375), Duration.ofMillis(625)))
                .as("the pauses are not all the same")
                .hasSizeGreaterThan(1)
                .anySatisfy(pause -> assertThat(pause).isLessThan(FIRST))
                .anySatisfy(pause -> assertThat(pause).isGreaterThan(FIRST));
    }

    private static Backoff pauses(double jitter, double random) {
        return new Backoff(FIRST, LONGEST, jitter, () -> random);
    }
}
