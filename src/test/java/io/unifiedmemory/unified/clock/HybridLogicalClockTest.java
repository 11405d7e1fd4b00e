package io.unifiedmemory.unified.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.HighWaterMark;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HybridLogicalClockTest {

    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    private final HybridLogicalClock clock =
            new HybridLogicalClock(Clock.fixed(NOW, ZoneOffset.UTC), HighWaterMark.none());

    @Test
    void followsTheWallClock() {
        assertThat(clock.next().millis()).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void neverRepeatsWhileTheWallClockStandsStill() {
        HlcTimestamp first = clock.next();
        HlcTimestamp second = clock.next();
        assertThat(second.isNewerThan(first)).isTrue();
    }

    @Test
    void isNeverBehindWhatItWasShown() {
        HlcTimestamp seen =
                HlcTimestamp.atMillis(NOW.plus(Duration.ofMinutes(5)).toEpochMilli());
        clock.observe(seen);
        assertThat(clock.next().isNewerThan(seen)).isTrue();
    }

    @Test
    void isNotDraggedAlongByAClockThatIsAYearAhead() {
        HlcTimestamp absurd =
                HlcTimestamp.atMillis(NOW.plus(Duration.ofDays(365)).toEpochMilli());
        clock.observe(absurd);
        assertThat(clock.next().millis()).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void canStillOutdoAVersionThatIsAYearAhead() {
        HlcTimestamp absurd =
                HlcTimestamp.atMillis(NOW.plus(Duration.ofDays(365)).toEpochMilli());
        assertThat(clock.after(absurd)).isEqualTo(absurd.next());
        assertThat(clock.next().millis()).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void givesManyThreadsDifferentVersions() throws InterruptedException {
        Set<HlcTimestamp> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch done = new CountDownLatch(4);
        for (int t = 0; t < 4; t++) {
            new Thread(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            seen.add(clock.next());
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();
        assertThat(seen).hasSize(40_000);
    }
}
