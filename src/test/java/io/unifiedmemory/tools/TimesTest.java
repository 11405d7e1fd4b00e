package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {

    @ParameterizedTest
    @CsvSource({
        "9999-12-31, 9999-12-31T00:00:00Z, 9999-12-31T23:59:59.999999999Z",
        "9999-12-30, 9999-12-30T00:00:00Z, 9999-12-31T00:00:00Z",
        "9999-12-31T23:59:59Z, 9999-12-31T23:59:59Z, 9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-12:00, 9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999999999Z",
        "0001-01-01, 0001-01-01T00:00:00Z, 0001-01-02T00:00:00Z",
        "0001-01-01T00:00:00+14:00, 0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
        "2024-02-29, 2024-02-29T00:00:00Z, 2024-03-01T00:00:00Z",
        "2024-12-31, 2024-12-31T00:00:00Z, 2025-01-01T00:00:00Z",
        "2026-01-31T18:30, 2026-01-31T18:30:00Z, 2026-01-31T18:30:00Z",
        "2026-01-31t18:30:00z, 2026-01-31T18:30:00Z, 2026-01-31T18:30:00Z"
    })
    void aDateIsItsBeginningOrItsEnd(String text, Instant begin, Instant end) {
        assertThat(Times.read(text, Times.Day.BEGIN)).isEqualTo(begin);
        assertThat(Times.read(text, Times.Day.END)).isEqualTo(end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "+10000-01-02T00:00:00Z", "10000-01-01", "-0001-01-01", "2026-02-29", "2026-01-31T25:00:00Z"
            })
    void whatIsNoTimeOfAMemoryIsNone(String text) {
        assertThat(Times.read(text, Times.Day.BEGIN)).isNull();
        assertThat(Times.read(text, Times.Day.END)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void theFarthestInstantsAreNone(Times.Day day) {
        assertThat(Times.read("+999999999-12-31T23:59:59Z", day)).isNull();
        assertThat(Times.read("+999999999-12-31", day)).isNull();
    }
}
