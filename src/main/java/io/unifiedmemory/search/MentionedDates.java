package io.unifiedmemory.search;

import io.unifiedmemory.search.Expression.Kind;
import io.unifiedmemory.search.Expression.Term;
import io.unifiedmemory.search.text.DateMention;
import io.unifiedmemory.search.text.DateReader;
import io.unifiedmemory.search.text.RelativeDates;
import io.unifiedmemory.search.text.Token;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The terms of the dates that a text names, so that "tomorrow", said on the 24th, and "25.11.2026" are found by each
 * other. Each has a length of its own: year, month and day; year and month; month and day. Stateless.
 */
final class MentionedDates {

    /** The days of a longer time are not named one by one. */
    private static final int MOST_DAYS = 7;

    private MentionedDates() {}

    /**
     * The terms of a text.
     *
     * @param said the day on which it was said; null when that is unknown
     */
    static Set<Term> of(String text, List<Token> tokens, @Nullable LocalDate said) {
        Set<Term> terms = new LinkedHashSet<>();
        for (DateMention date : DateReader.read(text, tokens).mentions()) {
            add(date, terms);
        }
        if (said != null) {
            for (RelativeDates.Days days : RelativeDates.read(tokens, said, false)) {
                add(days, terms);
            }
        }
        return terms;
    }

    private static void add(DateMention date, Set<Term> terms) {
        for (DateMention part : List.of(
                date, new DateMention(date.year(), date.month(), 0), new DateMention(0, date.month(), date.day()))) {
            Term term = term(part);
            if (term != null) {
                terms.add(term);
            }
        }
    }

    private static void add(RelativeDates.Days days, Set<Term> terms) {
        LocalDate end = days.last().plusDays(1);
        if (days.first().plusDays(MOST_DAYS).isBefore(end)) {
            if (days.first().plusMonths(1).equals(end)) {
                add(new DateMention(days.first().getYear(), days.first().getMonthValue(), 0), terms);
            }
            return;
        }
        for (LocalDate day = days.first(); day.isBefore(end); day = day.plusDays(1)) {
            add(new DateMention(day.getYear(), day.getMonthValue(), day.getDayOfMonth()), terms);
        }
    }

    /** The term of a date; null when it leaves open too much. */
    static @Nullable Term term(DateMention date) {
        String month = twoDigits(date.month());
        if (date.month() == 0 || (date.year() == 0 && date.day() == 0)) {
            return null;
        }
        String text = date.year() == 0
                ? month + twoDigits(date.day())
                : date.year() + month + (date.day() == 0 ? "" : twoDigits(date.day()));
        return new Term(Kind.MENTIONED, text);
    }

    private static String twoDigits(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }
}
