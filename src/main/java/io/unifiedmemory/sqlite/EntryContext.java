package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.MemoryEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata says about where a memory belongs.
 *
 * @param session the conversation of which it is a part; null when it is none
 * @param time when it happened; null when nobody said
 * @param words the rest of the metadata: people, topics, tags
 */
record EntryContext(@Nullable String session, @Nullable Instant time, String words) {

    /** Names of fields that hold one conversation together, without endings such as "_id". */
    private static final Set<String> SESSION_FIELDS = Set.of(
            "session",
            "conversation",
            "thread",
            "chat",
            "dialog",
            "dialogue",
            "meeting",
            "episode",
            "interview",
            "call",
            "channel",
            "room");

    private static final Set<String> TIME_FIELDS = Set.of(
            "date",
            "time",
            "datetime",
            "timestamp",
            "day",
            "when",
            "created",
            "createdat",
            "occurredat",
            "sentat",
            "happenedat",
            "eventdate",
            "eventtime",
            "sessiondate",
            "messagedate",
            "ts");

    private static final Pattern ENDING = Pattern.compile("(id|name|number|no|key|uuid)$");

    private static final Pattern DATE =
            Pattern.compile("^(\\d{4}-\\d\\d-\\d\\d)(?:[T ](\\d\\d:\\d\\d(?::\\d\\d)?.*))?$");

    /** Milliseconds: what is below is taken for seconds. */
    private static final long FIRST_MILLIS = 100_000_000_000L;

    static EntryContext of(MemoryEntry entry) {
        List<String> session = new ArrayList<>();
        Instant time = null;
        StringBuilder words = new StringBuilder();
        for (Map.Entry<String, Object> field : entry.metadata().entrySet()) {
            String name = field.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
            Object value = field.getValue();
            Instant read = TIME_FIELDS.contains(name) ? time(value) : null;
            if (isSession(name) && (value instanceof String || value instanceof Number)) {
                session.add(field.getKey() + '=' + value);
            } else if (read != null) {
                time = time == null ? read : time;
            } else {
                addWords(value, words);
            }
        }
        Instant known = entry.createdAt() == null ? entry.updatedAt() : entry.createdAt();
        return new EntryContext(
                session.isEmpty() ? null : session.stream().sorted().toList().toString(),
                time == null ? known : time,
                words.toString());
    }

    private static boolean isSession(String name) {
        return SESSION_FIELDS.contains(name)
                || SESSION_FIELDS.contains(ENDING.matcher(name).replaceFirst(""));
    }

    private static void addWords(@Nullable Object value, StringBuilder words) {
        if (value instanceof String || value instanceof Number) {
            words.append(value).append('\n');
        } else if (value instanceof Iterable<?> values) {
            values.forEach(each -> addWords(each, words));
        } else if (value instanceof Map<?, ?> object) {
            object.values().forEach(each -> addWords(each, words));
        }
    }

    /** ISO dates, with or without a time and an offset, and seconds or milliseconds since 1970. */
    private static @Nullable Instant time(@Nullable Object value) {
        try {
            if (value instanceof Number number) {
                long since = number.longValue();
                return since >= FIRST_MILLIS ? Instant.ofEpochMilli(since) : Instant.ofEpochSecond(since);
            }
            Matcher date = DATE.matcher(value instanceof String text ? text.strip() : "");
            if (!date.matches()) {
                return null;
            }
            if (date.group(2) == null) {
                return LocalDate.parse(date.group(1)).atStartOfDay().toInstant(ZoneOffset.UTC);
            }
            String full = date.group(1) + 'T' + date.group(2);
            boolean zoned = full.endsWith("Z") || full.lastIndexOf('+') > 0 || full.lastIndexOf('-') > 10;
            return zoned
                    ? OffsetDateTime.parse(full).toInstant()
                    : LocalDateTime.parse(full).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
