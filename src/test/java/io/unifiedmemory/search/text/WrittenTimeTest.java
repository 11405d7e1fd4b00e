package io.unifiedmemory.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenTimeTest {

    private static final List<String> DATES = List.of(
            "uuuu-MM-dd",
            "uuuu/MM/dd",
            "uuuu.MM.dd",
            "uuuu/M/d",
            "d MMMM uuuu",
            "d MMM uuuu",
            "MMMM d, uuuu",
            "MMM d uuuu",
            "d MMMM, uuuu",
            "MMMM d'th', uuuu",
            "uuuu MMMM d",
            "EEEE, d MMMM uuuu",
            "'on' d MMM, uuuu",
            "EEE MMM d uuuu");

    private static final List<String> TIMES = List.of("H:mm", "HH:mm", "HH:mm:ss", "h:mm a", "h:mma", "hh:mm:ss a");

    private static final List<String> GARBAGE = List.of(
            "2023",
            "-",
            "/",
            ":",
            "May",
            "31",
            "february",
            "30",
            "T",
            "Z",
            "+",
            "99",
            "12:34",
            "am",
            "p",
            " ",
            ",",
            "\u0661",
            "\uFF17",
            "2023-05-07",
            "0000",
            "x",
            "\uD83D",
            "1e9",
            "77:88");

    @ParameterizedTest
    @CsvSource({
        "2023-05-07T13:56:00+02:00, 2023-05-07T11:56:00Z",
        "2023/05/07, 2023-05-07T00:00:00Z",
        "7 May 2023, 2023-05-07T00:00:00Z",
        "'1:56 pm on 8 May, 2023', 2023-05-08T13:56:00Z",
        "'8 May 2023, 12:05 a.m.', 2023-05-08T00:05:00Z",
        "'8 May 2023, 12:05 P.M.', 2023-05-08T12:05:00Z",
        "'8 May 2023, 1:05p', 2023-05-08T13:05:00Z",
        "2023-05-07 01:56 pm, 2023-05-07T13:56:00Z",
        "2023-05-07 13:56:00 UTC, 2023-05-07T13:56:00Z",
        "'7. M\u00E4rz 2023, 9:30 Uhr', 2023-03-07T09:30:00Z",
        "1969-07-20 20:17, 1969-07-20T20:17:00Z"
    })
    void readsWhatProgramsAndPeopleWrite(String text, Instant time) {
        assertThat(WrittenTime.read(text)).isEqualTo(time);
    }

    /** Only "am" and "pm" tell the half of the day, not any word that begins so. */
    @ParameterizedTest
    @CsvSource({
        "'13:56 at home, 8 May 2023', 2023-05-08T13:56:00Z",
        "'9:30 Paris, 8 May 2023', 2023-05-08T09:30:00Z",
        "'8 May 2023 12:15 after lunch', 2023-05-08T12:15:00Z"
    })
    void aWordBehindTheTimeIsNoHalfOfTheDay(String text, Instant time) {
        assertThat(WrittenTime.read(text)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "May 2023",
                "7 May",
                "2023",
                "2023-05",
                "30 February 2023",
                "2023-02-30",
                "2023-13-01",
                "2023-05-07T25:00",
                "2023-05-07 13:56 +2",
                "2023-05-07T13:56+0200",
                "7 May 2023, 99:00",
                "7 May 2023, 12:60",
                "7 May 1823"
            })
    void whatIsNoDayOfAMonthOfAYearIsNoTime(String text) {
        assertThat(WrittenTime.read(text)).isNull();
    }

    @Test
    void readsTheStandardFormInEveryOffset() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            LocalDateTime time = LocalDateTime.ofEpochSecond(
                            Math.floorMod(random.nextLong(), 253_402_300_800L), 0, ZoneOffset.UTC)
                    .plusNanos(random.nextBoolean() ? 0 : random.nextInt(1_000) * 1_000_000L)
                    .truncatedTo(random.nextInt(4) == 0 ? ChronoUnit.MINUTES : ChronoUnit.MILLIS);
            ZoneOffset offset = ZoneOffset.ofTotalSeconds(60 * (random.nextInt(2 * 18 * 60 + 1) - 18 * 60));
            boolean says = random.nextBoolean();
            String text = time.toString().replace('T', random.nextBoolean() ? 'T' : ' ') + (says ? offset.getId() : "");

            assertThat(WrittenTime.read(text))
                    .as("seed %d, %s", seed, text)
                    .isEqualTo(time.toInstant(says ? offset : ZoneOffset.UTC));
        }
    }

    @Test
    void readsDatesWithATimeBeforeOrBehindThem() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            LocalDate date = LocalDate.of(1900, 1, 1).plusDays(random.nextInt(200 * 365));
            LocalTime time = LocalTime.ofSecondOfDay(random.nextInt(86_400));
            String dateForm = DATES.get(random.nextInt(DATES.size()));
            String timeForm = TIMES.get(random.nextInt(TIMES.size()));
            String day = date.format(DateTimeFormatter.ofPattern(dateForm, Locale.ENGLISH));
            String clock = time.format(DateTimeFormatter.ofPattern(timeForm, Locale.ENGLISH));
            LocalTime said = timeForm.contains("ss") ? time : time.truncatedTo(ChronoUnit.MINUTES);

            read(day, date.atStartOfDay(), seed);
            read(clock + " on " + day, date.atTime(said), seed);
            read(day + ", at " + clock, date.atTime(said), seed);
            read(day.toUpperCase(Locale.ROOT) + ' ' + clock.toLowerCase(Locale.ROOT) + " UTC", date.atTime(said), seed);
        }
    }

    private static void read(String text, LocalDateTime time, int seed) {
        assertThat(WrittenTime.read(text)).as("seed %d, '%s'", seed, text).isEqualTo(time.toInstant(ZoneOffset.UTC));
    }

    @Test
    void nothingThatIsWrittenIsAFailure() {
        int times = 0;
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int parts = random.nextInt(8); parts > 0; parts--) {
                text.append(GARBAGE.get(random.nextInt(GARBAGE.size()))).append(random.nextBoolean() ? " " : "");
            }

            times += WrittenTime.read(text.toString()) == null ? 0 : 1;
        }
        assertThat(times).isBetween(100, 4_000);
    }
}
