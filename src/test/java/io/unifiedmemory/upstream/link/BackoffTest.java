package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void variesByAQuarterAroundTheDoubledPause() {
        assertThat(pauses(0.0).after(1)).isEqualTo(Duration.ofMillis(375));
        assertThat(pauses(0.5).after(3)).isEqualTo(Duration.ofSeconds(2));
        assertThat(pauses(1.0).after(2)).isEqualTo(Duration.ofMillis(1250));
    }

    @Test
    void staysAtTheLimitHoweverOftenItFails() {
        assertThat(pauses(0.5).after(7)).isEqualTo(Duration.ofSeconds(30));
        assertThat(pauses(0.5).after(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(30));
    }

    private static Backoff pauses(double random) {
        return new Backoff(Backoff.FIRST, Backoff.LONGEST, () -> random);
    }
}
