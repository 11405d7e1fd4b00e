package io.unifiedmemory.search;

import io.unifiedmemory.search.text.DateMention;
import io.unifiedmemory.search.text.RelativeDates;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A time of some days, as the dates that an index knows: days in UTC, or whole months. Stateless. */
final class Period {

    /** With more days, the months that the period touches are meant. */
    private static final int MOST_DAYS = 7;

    /** A day in UTC belongs to a period in another zone when they have that much in common. */
    private static final Duration LEAST_IN_COMMON = Duration.ofHours(4);

    private Period() {}

    static List<DateMention> of(RelativeDates.Days days, ZoneId zone) {
        List<DateMention> dates = new ArrayList<>();
        if (days.first().plusDays(MOST_DAYS).isAfter(days.last())) {
            Instant begin = days.first().atStartOfDay(zone).toInstant();
            Instant end = days.last().plusDays(1).atStartOfDay(zone).toInstant();
            LocalDate last = LocalDate.ofInstant(end.minus(LEAST_IN_COMMON), ZoneOffset.UTC);
            for (LocalDate day = LocalDate.ofInstant(begin.plus(LEAST_IN_COMMON), ZoneOffset.UTC);
                    !day.isAfter(last);
                    day = day.plusDays(1)) {
                dates.add(new DateMention(day.getYear(), day.getMonthValue(), day.getDayOfMonth()));
            }
        } else {
            for (LocalDate month = days.first().withDayOfMonth(1);
                    !month.isAfter(days.last());
                    month = month.plusMonths(1)) {
                dates.add(new DateMention(month.getYear(), month.getMonthValue(), 0));
            }
        }
        return dates;
    }
}
