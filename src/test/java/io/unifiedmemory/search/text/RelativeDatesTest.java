package io.unifiedmemory.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelativeDatesTest {

    private static final LocalDate WEDNESDAY = LocalDate.of(2026, 11, 25);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "what did I do yesterday       | 2026-11-24..2026-11-24",
                "tomorrow and the day after    | 2026-11-26..2026-11-26",
                "a week ago                    | 2026-11-16..2026-11-22",
                "vor 3 Monaten                 | 2026-08-01..2026-08-31",
                "this year                     | 2026-01-01..2026-12-31",
                "next Wednesday                | 2026-12-02..2026-12-02",
                "last Wednesday                | 2026-11-18..2026-11-18",
                "this Wednesday                | 2026-11-25..2026-11-25",
                "on Wednesday                  | 2026-11-18..2026-11-18",
                "in autumn                     | 2026-09-01..2026-11-30",
                "last autumn                   | 2025-09-01..2025-11-30",
                "in the autumn                 | 2026-09-01..2026-11-30",
                "a couple of weeks ago         | 2026-11-09..2026-11-15",
                "in winter                     | 2025-12-01..2026-02-28",
                "next winter                   | 2026-12-01..2027-02-28",
                "every week for 3 days         | ''",
                "the last one of the week      | ''",
                "we fall asleep                | ''",
                "a spring in the mattress      | ''",
                "Wednesday                     | ''",
            })
    void areReadFromTheDayOnWhichTheyAreSaid(String text, String days) {
        List<Token> tokens = Analyzer.tokens(text);

        assertThat(RelativeDates.read(tokens, WEDNESDAY, true).stream()
                        .map(each -> each.first() + ".." + each.last())
                        .collect(Collectors.joining(" ")))
                .isEqualTo(days);
        assertThat(RelativeDates.mayBeIn(tokens) || days.isEmpty()).isTrue();
    }
}
