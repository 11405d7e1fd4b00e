package io.unifiedmemory.tools;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import org.jspecify.annotations.Nullable;

/** Reads times as people and models write them in ISO-8601; without an offset they are meant in UTC. Stateless. */
final class Times {

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    /** Which moment of a day its date stands for. */
    enum Day {
        BEGIN,
        END
    }

    private Times() {}

    /** The moment that the text names, for a date the given end of the day; null for a text that is neither. */
    static @Nullable Instant read(String text, Day day) {
        OffsetDateTime time = parse(text.strip(), day);
        return time == null ? null : clamped(time.toInstant());
    }

    /** At the edges of the range, the end of a day or an offset may lie less than a day outside: the edge is meant. */
    private static @Nullable Instant clamped(Instant time) {
        if (isInRange(time)) {
            return time;
        }
        if (time.isBefore(FIRST)) {
            return time.isAfter(FIRST.minus(Period.ofDays(1))) ? FIRST : null;
        }
        return time.isBefore(END.plus(Period.ofDays(1))) ? END.minusNanos(1) : null;
    }

    /** Whether a moment is of the years 1 to 9999 (UTC). */
    static boolean isInRange(Instant time) {
        return !time.isBefore(FIRST) && time.isBefore(END);
    }

    private static @Nullable OffsetDateTime parse(String text, Day day) {
        try {
            if (text.indexOf('T') < 0 && text.indexOf('t') < 0) {
                LocalDate date = LocalDate.parse(text);
                return (day == Day.BEGIN ? date : date.plusDays(1))
                        .atStartOfDay()
                        .atOffset(ZoneOffset.UTC);
            }
            TemporalAccessor time =
                    DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
            return time instanceof LocalDateTime local ? local.atOffset(ZoneOffset.UTC) : (OffsetDateTime) time;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
