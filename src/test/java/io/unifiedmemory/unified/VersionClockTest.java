package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HighWaterMark;
import io.unifiedmemory.memory.Version;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class VersionClockTest {

    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    private final VersionClock clock = new VersionClock(Clock.fixed(NOW, ZoneOffset.UTC), HighWaterMark.none());

    @Test
    void followsTheWallClock() {
        assertThat(clock.next().millis()).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void neverRepeatsWhileTheWallClockStandsStill() {
        Version first = clock.next();
        Version second = clock.next();
        assertThat(second.isNewerThan(first)).isTrue();
    }

    @Test
    void isNeverBehindWhatItWasShown() {
        Version seen = Version.atMillis(NOW.plus(Duration.ofMinutes(5)).toEpochMilli());
        clock.observe(seen);
        assertThat(clock.next().isNewerThan(seen)).isTrue();
    }

    @Test
    void isNotDraggedAlongByAClockThatIsAYearAhead() {
        Version absurd = Version.atMillis(NOW.plus(Duration.ofDays(365)).toEpochMilli());
        clock.observe(absurd);
        assertThat(clock.next().millis()).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void canStillOutdoAVersionThatIsAYearAhead() {
        Version absurd = Version.atMillis(NOW.plus(Duration.ofDays(365)).toEpochMilli());
        assertThat(clock.after(absurd)).isEqualTo(absurd.next());
        assertThat(clock.next().millis()).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void givesManyThreadsDifferentVersions() throws InterruptedException {
        Set<Version> seen = ConcurrentHashMap.newKeySet();
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
