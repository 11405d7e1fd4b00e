package io.unifiedmemory.search.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the dates that a text names: "2023-05-07", "May 2023", "7 May", "May 7th, 2023", "in 2023", "25.11.2026",
 * "11/25/2026". Of numbers that may be the day and the month, or the other way round, both are read. Stateless.
 */
public final class DateReader {

    private static final Pattern ISO =
            Pattern.compile("\\b((?:19|20)\\d\\d)[-/.](0?[1-9]|1[0-2])(?:[-/.](0?[1-9]|[12]\\d|3[01]))?\\b");

    private static final Pattern NUMERIC =
            Pattern.compile("(?<![\\d./-])(\\d{1,2})([./-])(\\d{1,2})\\2((?:19|20)\\d\\d)(?![\\d/-])");

    private static final int MONTHS = 12;

    private static final Pattern DAY = Pattern.compile("(0?[1-9]|[12]\\d|3[01])(?:st|nd|rd|th)?");

    private DateReader() {}

    /**
     * The dates of a text.
     *
     * @param terms the terms of the words and numbers in which the dates are written
     */
    public record Dates(List<DateMention> mentions, Set<String> terms) {}

    public static Dates read(String text, List<Token> tokens) {
        Dates dates = new Dates(new ArrayList<>(), new HashSet<>());
        Matcher iso = ISO.matcher(text);
        while (iso.find()) {
            int day = iso.group(3) == null ? 0 : Integer.parseInt(iso.group(3));
            dates.mentions.add(new DateMention(Integer.parseInt(iso.group(1)), Integer.parseInt(iso.group(2)), day));
            Analyzer.tokens(iso.group()).forEach(token -> dates.terms.add(token.term()));
        }
        addNumeric(text, dates);
        if (dates.mentions.isEmpty()) {
            addWritten(text, tokens, dates);
        }
        return dates;
    }

    private static void addNumeric(String text, Dates dates) {
        Matcher numeric = NUMERIC.matcher(text);
        while (numeric.find()) {
            int first = Integer.parseInt(numeric.group(1));
            int second = Integer.parseInt(numeric.group(3));
            int year = Integer.parseInt(numeric.group(4));
            boolean dayFirst = isDate(first, second);
            boolean monthFirst = isDate(second, first)
                    && first != second
                    && !numeric.group(2).equals(".");
            if (dayFirst) {
                dates.mentions.add(new DateMention(year, second, first));
            }
            if (monthFirst) {
                dates.mentions.add(new DateMention(year, first, second));
            }
            if (dayFirst || monthFirst) {
                Analyzer.tokens(numeric.group()).forEach(token -> dates.terms.add(token.term()));
            }
        }
    }

    private static boolean isDate(int day, int month) {
        return day >= 1 && day <= 31 && month >= 1 && month <= MONTHS;
    }

    private static void addWritten(String text, List<Token> tokens, Dates dates) {
        boolean yearUsed = false;
        for (int i = 0; i < tokens.size(); i++) {
            if (month(text, tokens.get(i), true) == 0) {
                continue;
            }
            int day = Math.max(dayAt(tokens, i - 1), dayAt(tokens, i + 1));
            int year = Math.max(yearAt(tokens, i - 1), Math.max(yearAt(tokens, i + 1), yearAt(tokens, i + 2)));
            int month = month(text, tokens.get(i), day > 0 || year > 0);
            if (month > 0) {
                dates.mentions.add(new DateMention(year, month, day));
                for (int near = Math.max(0, i - 1); near <= Math.min(i + 2, tokens.size() - 1); near++) {
                    if (near == i || yearAt(tokens, near) > 0 || (near < i + 2 && dayAt(tokens, near) > 0)) {
                        dates.terms.add(tokens.get(near).term());
                    }
                }
                yearUsed |= year > 0;
            }
        }
        if (!yearUsed) {
            tokens.stream().filter(token -> TimeWords.isYear(token.form())).forEach(token -> {
                dates.mentions.add(new DateMention(Integer.parseInt(token.form()), 0, 0));
                dates.terms.add(token.term());
            });
        }
    }

    /** The number of the month. "may" is the month when it has a capital or is next to a number. */
    private static int month(String text, Token token, boolean byNumber) {
        if (byNumber) {
            return Math.max(TimeWords.month(token), TimeWords.shortMonth(token));
        }
        boolean modal = token.form().equals("may") && (token.start() == 0 || text.charAt(token.start()) != 'M');
        return modal ? 0 : TimeWords.month(token);
    }

    private static int dayAt(List<Token> tokens, int index) {
        if (index < 0 || index >= tokens.size()) {
            return 0;
        }
        Matcher day = DAY.matcher(tokens.get(index).form());
        return day.matches() ? Integer.parseInt(day.group(1)) : 0;
    }

    private static int yearAt(List<Token> tokens, int index) {
        boolean year = index >= 0
                && index < tokens.size()
                && TimeWords.isYear(tokens.get(index).form());
        return year ? Integer.parseInt(tokens.get(index).form()) : 0;
    }
}
