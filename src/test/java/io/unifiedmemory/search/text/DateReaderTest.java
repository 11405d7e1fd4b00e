package io.unifiedmemory.search.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.Month;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateReaderTest {

    private static final List<String> DAYS = List.of(
            "uuuu-MM-dd",
            "uuuu/M/d",
            "uuuu.MM.dd",
            "d MMMM uuuu",
            "MMMM d, uuuu",
            "MMM d'th', uuuu",
            "d MMM uuuu",
            "uuuu MMMM d");

    private static final List<String> DAYS_OF_ANY_YEAR = List.of("d MMMM", "d MMM", "MMMM d", "MMMM d'th'");
    private static final List<String> MONTHS = List.of("uuuu-MM", "uuuu/MM", "MMMM uuuu", "MMM uuuu", "uuuu MMMM");

    private static final List<String> AROUND = List.of("", "on", "in", "what was the plan for", "since");

    private static DateReader.Dates read(String text) {
        return DateReader.read(text, Analyzer.tokens(text));
    }

    @ParameterizedTest
    @CsvSource({
        "back in 1999, 1999, 0, 0",
        "the 7th June, 0, 6, 7",
        "in May, 0, 5, 0",
        "may 2023, 2023, 5, 0",
        "Sept 3, 0, 9, 3",
        "2023-05-32, 2023, 5, 0"
    })
    void whatIsLeftOpenIsZero(String text, int year, int month, int day) {
        assertThat(read(text).mentions()).containsExactly(new DateMention(year, month, day));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "what may I do", "room 7", "in 1823", "12345", "5/7", "7-5-23"})
    void whatNamesNoDateHasNone(String text) {
        assertThat(read(text)).isEqualTo(new DateReader.Dates(List.of(), Set.of()));
    }

    @Test
    void readsWhatTheLibraryWrites() {
        for (int seed = 0; seed < 4_000; seed++) {
            Random random = new Random(seed);
            LocalDate date = LocalDate.of(1900, 1, 1).plusDays(random.nextInt(200 * 365));
            int form = random.nextInt(3);
            List<String> forms = form == 0 ? DAYS : form == 1 ? DAYS_OF_ANY_YEAR : MONTHS;
            String written =
                    date.format(DateTimeFormatter.ofPattern(forms.get(random.nextInt(forms.size())), Locale.ENGLISH));
            String before = AROUND.get(random.nextInt(AROUND.size()));
            String text = before + ' ' + written + (random.nextBoolean() ? "" : " in the garden?");

            DateReader.Dates dates = read(text);

            assertThat(dates.mentions())
                    .as("seed %d, '%s'", seed, text)
                    .containsExactly(new DateMention(
                            form == 1 ? 0 : date.getYear(),
                            date.getMonthValue(),
                            form == 2 ? 0 : date.getDayOfMonth()));
            assertThat(dates.terms())
                    .as("seed %d, '%s'", seed, text)
                    .isEqualTo(
                            Analyzer.tokens(written).stream().map(Token::term).collect(Collectors.toSet()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de", "fr", "es", "it", "pt", "nl", "ru"})
    void knowsTheMonthsOfEightLanguages(String language) {
        Locale locale = Locale.forLanguageTag(language);
        for (Month month : Month.values()) {
            String name = month.getDisplayName(TextStyle.FULL_STANDALONE, locale);
            String title = name.substring(0, 1).toUpperCase(locale) + name.substring(1);

            assertThat(read(title + " 2023").mentions())
                    .as(title)
                    .containsExactly(new DateMention(2023, month.getValue(), 0));
            assertThat(read("7 " + name).mentions()).as(name).containsExactly(new DateMention(0, month.getValue(), 7));
        }
    }

    @Test
    void severalDatesStandInTheirOrder() {
        assertThat(read("between 2023-05-07 and 2023/6/8").mentions())
                .isEqualTo(Arrays.asList(new DateMention(2023, 5, 7), new DateMention(2023, 6, 8)));
        assertThat(read("from May 2022 to June 2023").mentions())
                .isEqualTo(Arrays.asList(new DateMention(2022, 5, 0), new DateMention(2023, 6, 0)));
    }
}
