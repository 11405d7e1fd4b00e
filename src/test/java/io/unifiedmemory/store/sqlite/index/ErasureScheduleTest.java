package io.unifiedmemory.store.sqlite.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ErasureScheduleTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long NOW = 1_000 * SECOND;
    private static final long LONG_AGO = 0;

    private final ErasureSchedule schedule = new ErasureSchedule();

    @Test
    void whileNothingIsDeletedNothingIsErased() {
        assertThat(schedule.isDue(0, NOW, LONG_AGO)).isFalse();
        assertThat(schedule.isNeeded()).isFalse();
    }

    @Test
    void deletedTextIsErasedASecondAfterTheLastWrite() {
        assertThat(schedule.isDue(1, NOW, NOW)).isFalse();
        assertThat(schedule.isNeeded()).isTrue();
        assertThat(schedule.hasCome(NOW + SECOND)).isTrue();
        assertThat(schedule.isDue(1, NOW + SECOND, NOW + SECOND / 2))
                .as("a write came between")
                .isFalse();
        assertThat(schedule.isDue(1, NOW + 2 * SECOND, NOW + SECOND / 2)).isTrue();
    }

    @Test
    void whileAnotherProcessDeletesItIsNotQuiet() {
        assertThat(schedule.isDue(1, NOW, LONG_AGO)).isFalse();
        assertThat(schedule.isDue(2, NOW + 2 * SECOND, LONG_AGO)).isFalse();
        assertThat(schedule.isDue(2, NOW + 3 * SECOND, LONG_AGO)).isTrue();
    }

    @Test
    void afterAMinuteItIsErasedBetweenWrites() {
        long write = NOW;
        assertThat(schedule.isDue(1, NOW, write)).isFalse();
        assertThat(schedule.isDue(2, NOW + 60 * SECOND, NOW + 60 * SECOND)).isFalse();
        assertThat(schedule.isDue(3, NOW + 61 * SECOND, NOW + 61 * SECOND)).isTrue();
    }

    @Test
    void whatTookLongIsNotRepeatedSoon() {
        schedule.isDue(1, NOW, LONG_AGO);
        schedule.begins(NOW + SECOND);
        schedule.ended(NOW + SECOND, NOW + 3 * SECOND, false);

        assertThat(schedule.hasCome(NOW + 202 * SECOND)).isFalse();
        assertThat(schedule.hasCome(NOW + 203 * SECOND)).isTrue();
    }

    @Test
    void whatAnotherProcessErasedIsDone() {
        schedule.isDue(1, NOW, LONG_AGO);
        assertThat(schedule.isDue(0, NOW + 2 * SECOND, LONG_AGO)).isFalse();
        assertThat(schedule.isNeeded()).isFalse();
    }

    @Test
    void afterAFailureItIsTriedAgainInAMinute() {
        schedule.isDue(1, NOW, LONG_AGO);
        schedule.begins(NOW + SECOND);

        assertThat(schedule.hasCome(NOW + 60 * SECOND)).isFalse();
        assertThat(schedule.hasCome(NOW + 61 * SECOND)).isTrue();
    }
}
