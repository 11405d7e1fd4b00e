package io.unifiedmemory.transfer.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The times of other programs: seconds or milliseconds since the epoch, or ISO 8601 with or without an offset, and the forms
 * in which spreadsheets write dates, but for those that do not tell days from months. Immutable.
 *
 * @param zone where times without an offset were written; null where nobody said: then they are taken for UTC, as SQLite's own
 *     are, and the importer is told
 */
record Times(@Nullable ZoneId zone) {

    private static final String UNKNOWN = "has a time in a form that is not read; that of the file stands for it";
    private static final String WITHOUT_ZONE =
            "has a time without a zone, which is taken for UTC (--time-zone ID otherwise)";

    /** More seconds than that are milliseconds: the year 5138. */
    private static final double MOST_SECONDS = 1e11;

    private static final DateTimeFormatter WITHOUT_OFFSET = new DateTimeFormatterBuilder()
            .appendPattern("[uuuu-M-d][uuuu/M/d][d.M.uuuu][d.M.uu][' ']['T'][H:mm[:ss]]")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
            .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
            .toFormatter();

    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    /**
     * A time as this program writes it.
     *
     * @throws DateTimeException when it is none, or none of the years 0 to 9999
     */
    static Instant written(String text) {
        Instant time = Instant.parse(text);
        if (!isOrdinary(time)) {
            throw new DateTimeException("not in the years 0 to 9999: " + text);
        }
        return time;
    }

    /**
     * Null for what is no time, or none of the years 0 to 9999.
     *
     * @param place where it stands; the items hear of what cannot be read there
     */
    @Nullable
    Instant read(@Nullable Object time, String place, Consumer<Item> items) {
        if (time == null || text(time).isEmpty() || (time instanceof Number number && number.doubleValue() == 0)) {
            return null;
        }
        Instant read = time instanceof Number number ? number(number.doubleValue()) : withOffset(text(time));
        if (read == null) {
            LocalDateTime local = withoutOffset(text(time));
            if (local != null && zone == null) {
                items.accept(new Item.Remark(place, WITHOUT_ZONE));
            }
            read = local == null
                    ? null
                    : local.atZone(zone == null ? ZoneOffset.UTC : zone).toInstant();
        }
        if (read != null && isOrdinary(read)) {
            return read;
        }
        items.accept(new Item.Remark(place, UNKNOWN));
        return null;
    }

    private static String text(Object time) {
        return String.valueOf(time).strip();
    }

    private static boolean isOrdinary(Instant time) {
        return time.isAfter(FIRST) && time.isBefore(LAST);
    }

    private static @Nullable Instant number(double value) {
        return Double.isFinite(value) && value > 0
                ? Instant.ofEpochMilli((long) Math.min(value < MOST_SECONDS ? value * 1000 : value, 1e15))
                : null;
    }

    private static @Nullable Instant withOffset(String text) {
        if (text.matches("\\d{9,16}(\\.\\d+)?")) {
            return number(Double.parseDouble(text));
        }
        String iso = text.indexOf(' ') == 10 ? text.substring(0, 10) + 'T' + text.substring(11) : text;
        try {
            return OffsetDateTime.parse(iso.replaceFirst(" ?UTC$", "Z")).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable LocalDateTime withoutOffset(String text) {
        try {
            return LocalDateTime.parse(text, WITHOUT_OFFSET);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
