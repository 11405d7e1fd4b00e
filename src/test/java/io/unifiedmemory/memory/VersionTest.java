package io.unifiedmemory.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class VersionTest {

    @Test
    void aVersionThatNothingCouldOutdoIsRefused() {
        assertThat(Version.parse("12")).isEqualTo(new Version(12));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Version.parse(Long.toString(Long.MAX_VALUE)))
                .withMessageContaining("beyond the year 3000");
        assertThatIllegalArgumentException().isThrownBy(() -> Version.parse("-1"));
    }

    private static final long MILLIS = 1_767_225_600_123L;

    @Test
    void aVersionTellsItsMilliseconds() {
        assertThat(Version.atMillis(MILLIS).millis()).isEqualTo(MILLIS);
        assertThat(Version.atMillis(MILLIS).next().millis()).isEqualTo(MILLIS);
        assertThat(Version.NONE.millis()).isZero();
    }

    @Test
    void anExhaustedCounterRunsIntoTheNextMillisecond() {
        Version version = new Version((MILLIS << 16) | 0xFFFF);

        assertThat(version.millis()).isEqualTo(MILLIS);
        assertThat(version.next()).isEqualTo(Version.atMillis(MILLIS + 1));
    }

    @Test
    void laterIsNewerAndNoVersionIsOldest() {
        List<Version> ascending = List.of(
                Version.NONE,
                Version.NONE.next(),
                Version.atMillis(MILLIS),
                Version.atMillis(MILLIS).next(),
                Version.atMillis(MILLIS + 1),
                new Version(Long.MAX_VALUE));

        assertThat(ascending.stream().sorted()).containsExactlyElementsOf(ascending);
        for (int i = 1; i < ascending.size(); i++) {
            assertThat(ascending.get(i).isNewerThan(ascending.get(i - 1))).isTrue();
            assertThat(ascending.get(i - 1).isNewerThan(ascending.get(i))).isFalse();
        }
        assertThat(Version.NONE.isNewerThan(Version.NONE)).isFalse();
    }

    @Test
    void aNegativeStampIsNoVersion() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Version(-1)).withMessageContaining("-1");
    }
}
