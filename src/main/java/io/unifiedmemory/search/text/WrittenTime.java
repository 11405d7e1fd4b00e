package io.unifiedmemory.search.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a point in time as programs and people write it: "2023-05-07T13:56:00+02:00", "2023/05/07", "7 May 2023",
 * "1:56 pm on 8 May, 2023". Stateless.
 */
public final class WrittenTime {

    /** What stands behind may be an offset; with anything else there, a person wrote it. */
    private static final Pattern ISO =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)[T ](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|\\s*[-+].*)?)");

    private static final Pattern CLOCK = Pattern.compile(
            "\\b(\\d{1,2}):(\\d\\d)(?::(\\d\\d))?(?:\\s*([ap])(?:\\.?m)?\\b)?", Pattern.CASE_INSENSITIVE);

    private WrittenTime() {}

    /**
     * Reads a time: in UTC where the text names no offset, at midnight where it names no time; null without a full
     * date.
     */
    public static @Nullable Instant read(String text) {
        try {
            Matcher iso = ISO.matcher(text);
            return iso.matches() ? iso(iso.group(1) + 'T' + iso.group(2)) : written(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Instant iso(String full) {
        boolean offset = full.endsWith("Z") || full.indexOf('+') > 0 || full.lastIndexOf('-') > full.indexOf('T');
        return offset
                ? OffsetDateTime.parse(full).toInstant()
                : LocalDateTime.parse(full).toInstant(ZoneOffset.UTC);
    }

    private static @Nullable Instant written(String text) {
        for (DateMention date : DateReader.read(text, Analyzer.tokens(text)).mentions()) {
            if (date.year() > 0 && date.month() > 0 && date.day() > 0) {
                return LocalDate.of(date.year(), date.month(), date.day())
                        .atTime(clock(text))
                        .toInstant(ZoneOffset.UTC);
            }
        }
        return null;
    }

    private static LocalTime clock(String text) {
        Matcher clock = CLOCK.matcher(text);
        if (!clock.find()) {
            return LocalTime.MIDNIGHT;
        }
        int hour = Integer.parseInt(clock.group(1));
        if (clock.group(4) != null) {
            hour = hour % 12 + (clock.group(4).equalsIgnoreCase("p") ? 12 : 0);
        }
        int second = clock.group(3) == null ? 0 : Integer.parseInt(clock.group(3));
        return LocalTime.of(hour, Integer.parseInt(clock.group(2)), second);
    }
}
