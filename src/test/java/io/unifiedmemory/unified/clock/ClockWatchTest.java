package io.unifiedmemory.unified.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClockWatchTest {

    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final AtomicLong nanos = new AtomicLong(-5);

    @Test
    void aClockThatWasSetCountsAndOnlyOnce() {
        ClockWatch watch = new ClockWatch(wallClock(), nanos::get);
        pass(60_000, 60_000);
        assertThat(watch.jumpMillis()).isZero();
        pass(60_000, 59_000);
        assertThat(watch.jumpMillis()).as("corrected").isZero();

        pass(1_000, 3_601_000);
        assertThat(watch.jumpMillis()).as("set forward, or asleep").isEqualTo(3_600_000);
        assertThat(watch.jumpMillis()).isZero();

        pass(1_000, -599_000);
        assertThat(watch.jumpMillis()).as("set back").isEqualTo(-600_000);
        assertThat(watch.jumpMillis()).isZero();
    }

    private void pass(long monotonic, long wall) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(monotonic));
        millis.addAndGet(wall);
    }

    private Clock wallClock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(millis.get());
            }
        };
    }
}
