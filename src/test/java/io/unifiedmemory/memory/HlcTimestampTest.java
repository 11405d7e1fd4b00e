package io.unifiedmemory.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class HlcTimestampTest {

    @Test
    void aVersionThatNothingCouldOutdoIsRefused() {
        assertThat(HlcTimestamp.parse("12")).isEqualTo(new HlcTimestamp(12));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HlcTimestamp.parse(Long.toString(Long.MAX_VALUE)))
                .withMessageContaining("beyond the year 3000");
        assertThatIllegalArgumentException().isThrownBy(() -> HlcTimestamp.parse("-1"));
    }

    private static final long MILLIS = 1_767_225_600_123L;

    @Test
    void aVersionTellsItsMilliseconds() {
        assertThat(HlcTimestamp.atMillis(MILLIS).millis()).isEqualTo(MILLIS);
        assertThat(HlcTimestamp.atMillis(MILLIS).next().millis()).isEqualTo(MILLIS);
        assertThat(HlcTimestamp.NONE.millis()).isZero();
    }

    @Test
    void anExhaustedCounterRunsIntoTheNextMillisecond() {
        HlcTimestamp version = new HlcTimestamp((MILLIS << 16) | 0xFFFF);

        assertThat(version.millis()).isEqualTo(MILLIS);
        assertThat(version.next()).isEqualTo(HlcTimestamp.atMillis(MILLIS + 1));
    }

    @Test
    void laterIsNewerAndNoVersionIsOldest() {
        List<HlcTimestamp> ascending = List.of(
                HlcTimestamp.NONE,
                HlcTimestamp.NONE.next(),
                HlcTimestamp.atMillis(MILLIS),
                HlcTimestamp.atMillis(MILLIS).next(),
                HlcTimestamp.atMillis(MILLIS + 1),
                new HlcTimestamp(Long.MAX_VALUE));

        assertThat(ascending.stream().sorted()).containsExactlyElementsOf(ascending);
        for (int i = 1; i < ascending.size(); i++) {
            assertThat(ascending.get(i).isNewerThan(ascending.get(i - 1))).isTrue();
            assertThat(ascending.get(i - 1).isNewerThan(ascending.get(i))).isFalse();
        }
        assertThat(HlcTimestamp.NONE.isNewerThan(HlcTimestamp.NONE)).isFalse();
    }

    @Test
    void aNegativeStampIsNoVersion() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HlcTimestamp(-1))
                .withMessageContaining("-1");
    }
}
