package io.unifiedmemory.transfer.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * The times of other programs: seconds or milliseconds since the epoch, or ISO 8601 with or without an offset; without one
 * they are taken for UTC. Stateless.
 */
final class Times {

    /** More seconds than that are milliseconds: the year 5138. */
    private static final double MOST_SECONDS = 1e11;

    private static final DateTimeFormatter WITHOUT_OFFSET = DateTimeFormatter.ISO_LOCAL_DATE_TIME;

    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private Times() {}

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

    /** Null for what is no time, or none of the years 0 to 9999. */
    static @Nullable Instant read(@Nullable Object time) {
        Instant read = any(time);
        return read != null && isOrdinary(read) ? read : null;
    }

    private static boolean isOrdinary(Instant time) {
        return time.isAfter(FIRST) && time.isBefore(LAST);
    }

    private static @Nullable Instant any(@Nullable Object time) {
        if (time instanceof Number number) {
            double value = number.doubleValue();
            return Double.isFinite(value) && value > 0
                    ? Instant.ofEpochMilli((long) Math.min(value < MOST_SECONDS ? value * 1000 : value, 1e15))
                    : null;
        }
        return time instanceof String text && !text.isBlank() ? read(text.strip()) : null;
    }

    private static @Nullable Instant read(String text) {
        if (text.matches("\\d{9,16}(\\.\\d+)?")) {
            return any(Double.valueOf(text));
        }
        String iso = text.indexOf(' ') == 10 ? text.substring(0, 10) + 'T' + text.substring(11) : text;
        try {
            return OffsetDateTime.parse(iso.replaceFirst(" ?UTC$", "Z")).toInstant();
        } catch (DateTimeException e) {
            return withoutOffset(iso);
        }
    }

    private static @Nullable Instant withoutOffset(String iso) {
        try {
            return iso.length() == 10
                    ? LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : LocalDateTime.parse(iso, WITHOUT_OFFSET).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
