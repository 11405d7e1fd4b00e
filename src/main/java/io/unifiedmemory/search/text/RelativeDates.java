package io.unifiedmemory.search.text;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what people say of a time in relation to the day on which they say it: "yesterday", "3 days ago", "last week",
 * "on Wednesday", "in spring". English and German; single words in more languages. Stateless.
 */
public final class RelativeDates {

    /** Days from one to another one, both included. */
    public record Days(LocalDate first, LocalDate last) {}

    private static final Map<String, Integer> DAYS = Map.ofEntries(
            Map.entry("today", 0),
            Map.entry("tonight", 0),
            Map.entry("heute", 0),
            Map.entry("hoy", 0),
            Map.entry("oggi", 0),
            Map.entry("hoje", 0),
            Map.entry("vandaag", 0),
            Map.entry("\u0441\u0435\u0433\u043e\u0434\u043d\u044f", 0),
            Map.entry("yesterday", -1),
            Map.entry("gestern", -1),
            Map.entry("ayer", -1),
            Map.entry("ieri", -1),
            Map.entry("ontem", -1),
            Map.entry("gisteren", -1),
            Map.entry("\u0432\u0447\u0435\u0440\u0430", -1),
            Map.entry("vorgestern", -2),
            Map.entry("tomorrow", 1),
            Map.entry("demain", 1),
            Map.entry("domani", 1),
            Map.entry("amanha", 1),
            Map.entry("ubermorgen", 2),
            Map.entry("\u0437\u0430\u0432\u0442\u0440\u0430", 1));

    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("a", 1),
            Map.entry("an", 1),
            Map.entry("one", 1),
            Map.entry("two", 2),
            Map.entry("three", 3),
            Map.entry("four", 4),
            Map.entry("five", 5),
            Map.entry("six", 6),
            Map.entry("seven", 7),
            Map.entry("ten", 10),
            Map.entry("couple", 2),
            Map.entry("einem", 1),
            Map.entry("einer", 1),
            Map.entry("zwei", 2),
            Map.entry("drei", 3),
            Map.entry("vier", 4));

    private static final Map<String, Integer> WHICH = Map.ofEntries(
            Map.entry("last", -1),
            Map.entry("past", -1),
            Map.entry("previous", -1),
            Map.entry("letzte", -1),
            Map.entry("letzten", -1),
            Map.entry("letzter", -1),
            Map.entry("letztes", -1),
            Map.entry("vorige", -1),
            Map.entry("vorigen", -1),
            Map.entry("this", 0),
            Map.entry("diese", 0),
            Map.entry("diesen", 0),
            Map.entry("diesem", 0),
            Map.entry("dieses", 0),
            Map.entry("next", 1),
            Map.entry("nachste", 1),
            Map.entry("nachsten", 1),
            Map.entry("nachster", 1),
            Map.entry("nachstes", 1));

    private static final Map<String, DayOfWeek> WEEKDAYS = Map.ofEntries(
            Map.entry("monday", DayOfWeek.MONDAY),
            Map.entry("tuesday", DayOfWeek.TUESDAY),
            Map.entry("wednesday", DayOfWeek.WEDNESDAY),
            Map.entry("thursday", DayOfWeek.THURSDAY),
            Map.entry("friday", DayOfWeek.FRIDAY),
            Map.entry("saturday", DayOfWeek.SATURDAY),
            Map.entry("sunday", DayOfWeek.SUNDAY),
            Map.entry("montag", DayOfWeek.MONDAY),
            Map.entry("dienstag", DayOfWeek.TUESDAY),
            Map.entry("mittwoch", DayOfWeek.WEDNESDAY),
            Map.entry("donnerstag", DayOfWeek.THURSDAY),
            Map.entry("freitag", DayOfWeek.FRIDAY),
            Map.entry("samstag", DayOfWeek.SATURDAY),
            Map.entry("sonntag", DayOfWeek.SUNDAY));

    /** The first months of the seasons, as the weather services count them in the northern half of the world. */
    private static final Map<String, Integer> SEASONS = Map.ofEntries(
            Map.entry("spring", 3),
            Map.entry("fruhling", 3),
            Map.entry("fruhjahr", 3),
            Map.entry("summer", 6),
            Map.entry("sommer", 6),
            Map.entry("autumn", 9),
            Map.entry("fall", 9),
            Map.entry("herbst", 9),
            Map.entry("winter", 12));

    private static final int MONTHS_OF_SEASON = 3;

    private static final Set<String> FILLERS = Set.of("the", "of", "dem");

    private static final Set<String> BEFORE_SEASON = Set.of("in", "im");

    private static final Set<String> BEFORE_WEEKDAY = Set.of("on", "am");

    private static final int MOST_AGO = 1_000;

    private RelativeDates() {}

    /** Whether it is worth while to read the tokens. */
    public static boolean mayBeIn(List<Token> tokens) {
        return tokens.stream()
                .map(Token::form)
                .anyMatch(form -> DAYS.containsKey(form)
                        || WEEKDAYS.containsKey(form)
                        || SEASONS.containsKey(form)
                        || unit(form) != null);
    }

    /**
     * Reads all such expressions.
     *
     * @param weekdaysPast whether "on Wednesday" is the last one: so in a question, while a statement may mean either
     */
    public static List<Days> read(List<Token> tokens, LocalDate today, boolean weekdaysPast) {
        List<Days> found = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            Days days = at(i, tokens, today, weekdaysPast);
            if (days != null) {
                found.add(days);
            }
        }
        return found;
    }

    private static @Nullable Days at(int i, List<Token> tokens, LocalDate today, boolean weekdaysPast) {
        String form = tokens.get(i).form();
        String before = before(tokens, i);
        Integer shift = DAYS.get(form);
        if (shift != null) {
            LocalDate day = today.plusDays(shift);
            return new Days(day, day);
        }
        Integer which = WHICH.get(before);
        DayOfWeek weekday = WEEKDAYS.get(form);
        if (weekday != null) {
            return weekday(weekday, which, weekdaysPast && BEFORE_WEEKDAY.contains(before), today);
        }
        Integer season = SEASONS.get(form);
        if (season != null && (which != null || BEFORE_SEASON.contains(before))) {
            return season(season, which == null ? 0 : which, today);
        }
        ChronoUnit unit = unit(form);
        if (unit == null) {
            return null;
        }
        if (which != null) {
            return around(today.plus(which, unit), unit);
        }
        int number = number(before);
        String behind = i + 1 < tokens.size() ? tokens.get(i + 1).form() : "";
        boolean ago = behind.equals("ago") || (i > 1 && tokens.get(i - 2).form().equals("vor"));
        return ago && number > 0 ? around(today.minus(number, unit), unit) : null;
    }

    /** The word before one, past what says nothing: "in the summer", "a couple of weeks ago". */
    private static String before(List<Token> tokens, int i) {
        int at = i - 1;
        while (at > 0 && FILLERS.contains(tokens.get(at).form())) {
            at--;
        }
        return at < 0 ? "" : tokens.get(at).form();
    }

    private static @Nullable Days weekday(DayOfWeek weekday, @Nullable Integer which, boolean isPast, LocalDate today) {
        if (which == null && !isPast) {
            return null;
        }
        LocalDate day = which != null && which > 0
                ? today.with(TemporalAdjusters.next(weekday))
                : today.with(
                        which != null && which == 0
                                ? TemporalAdjusters.nextOrSame(weekday)
                                : TemporalAdjusters.previous(weekday));
        return new Days(day, day);
    }

    /** "In spring" is the latest spring that has begun, "last spring" one that has ended. */
    private static Days season(int firstMonth, int which, LocalDate today) {
        LocalDate first = LocalDate.of(today.getYear(), firstMonth, 1);
        if (which <= 0 && first.isAfter(today)) {
            first = first.minusYears(1);
        }
        boolean ended = !first.plusMonths(MONTHS_OF_SEASON).isAfter(today);
        if (which < 0 && !ended) {
            first = first.minusYears(1);
        } else if (which > 0 && !first.isAfter(today)) {
            first = first.plusYears(1);
        }
        return new Days(first, first.plusMonths(MONTHS_OF_SEASON).minusDays(1));
    }

    private static @Nullable ChronoUnit unit(String form) {
        return switch (form) {
            case "day", "days", "tag", "tage", "tagen" -> ChronoUnit.DAYS;
            case "week", "weeks", "woche", "wochen" -> ChronoUnit.WEEKS;
            case "month", "months", "monat", "monate", "monaten" -> ChronoUnit.MONTHS;
            case "year", "years", "jahr", "jahre", "jahren" -> ChronoUnit.YEARS;
            default -> null;
        };
    }

    /** The day, week, month or year that a day belongs to. */
    private static Days around(LocalDate day, ChronoUnit unit) {
        return switch (unit) {
            case WEEKS -> {
                LocalDate monday = day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                yield new Days(monday, monday.plusDays(6));
            }
            case MONTHS -> new Days(day.withDayOfMonth(1), day.with(TemporalAdjusters.lastDayOfMonth()));
            case YEARS -> new Days(day.withDayOfYear(1), day.with(TemporalAdjusters.lastDayOfYear()));
            default -> new Days(day, day);
        };
    }

    private static int number(String form) {
        Integer named = NUMBERS.get(form);
        if (named != null) {
            return named;
        }
        boolean digits = !form.isEmpty() && form.length() <= 3 && form.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Math.min(MOST_AGO, Integer.parseInt(form)) : 0;
    }
}
