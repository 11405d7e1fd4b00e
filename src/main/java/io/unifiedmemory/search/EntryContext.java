package io.unifiedmemory.search;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.text.WrittenTime;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata says about the context of a memory.
 *
 * @param session the conversation that the memory belongs to, or that of its day for a message without one; null when
 *     it belongs to none
 * @param time when it happened; null when that is unknown
 * @param words the rest of the metadata: people, topics, tags
 */
public record EntryContext(
        @Nullable String session, @Nullable Instant time, String words) {

    /** Names of fields that identify a conversation, without endings such as "_id". */
    private static final Set<String> SESSION = Set.of(
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

    private static final Set<String> ENDINGS =
            Set.of("id", "name", "number", "no", "nr", "num", "key", "uuid", "index", "title", "ts");

    private static final Pattern ENDING = Pattern.compile("(id|name|number|no|key|uuid)$");

    /** A field holds a time when its name has one of these words, and besides them nothing but the qualifiers. */
    private static final Set<String> TIME = Set.of(
            "date",
            "time",
            "datetime",
            "timestamp",
            "day",
            "when",
            "ts",
            "created",
            "createdat",
            "sent",
            "sentat",
            "said",
            "posted",
            "written",
            "recorded",
            "occurred",
            "occurredat",
            "happened",
            "happenedat");

    private static final Set<String> TIME_QUALIFIERS = Set.of(
            "at",
            "on",
            "of",
            "event",
            "session",
            "conversation",
            "chat",
            "message",
            "msg",
            "start",
            "started",
            "utc",
            "iso",
            "unix",
            "epoch",
            "ms");

    /** Fields that name a speaker. */
    private static final Set<String> WHO =
            Set.of("speaker", "sender", "author", "from", "role", "participant", "by", "username");

    private static final Pattern BETWEEN_PARTS = Pattern.compile("[^\\p{L}]+|(?<=\\p{Ll})(?=\\p{Lu})");

    /** The smallest number that counts as seconds, from 1973 on; smaller numbers are not times. */
    private static final long FIRST_SECONDS = 100_000_000L;

    /** The smallest number that counts as milliseconds; smaller ones count as seconds. */
    private static final long FIRST_MILLIS = 100_000_000_000L;

    private static final Pattern SINCE_1970 = Pattern.compile("\\d{9,13}(\\.\\d+)?");

    public static EntryContext of(MemoryEntry entry) {
        List<String> session = new ArrayList<>();
        Instant time = null;
        boolean said = false;
        StringBuilder words = new StringBuilder();
        for (Map.Entry<String, Object> field : entry.metadata().entrySet()) {
            List<String> name = parts(field.getKey());
            Object value = field.getValue();
            Instant read = isTime(name) ? time(value) : null;
            if (isSession(name) && (value instanceof String || value instanceof Number)) {
                session.add(field.getKey() + '=' + value);
            } else if (read != null) {
                time = time == null ? read : time;
            } else {
                said |= name.stream().anyMatch(WHO::contains);
                addWords(value, words);
            }
        }
        if (session.isEmpty() && said && time != null) {
            session.add("day=" + LocalDate.ofInstant(time, ZoneOffset.UTC));
        }
        Instant known = entry.createdAt() == null ? entry.updatedAt() : entry.createdAt();
        return new EntryContext(
                session.isEmpty() ? null : session.stream().sorted().toList().toString(),
                time == null ? known : time,
                words.toString());
    }

    private static List<String> parts(String name) {
        return BETWEEN_PARTS
                .splitAsStream(name)
                .filter(part -> !part.isEmpty())
                .map(part -> part.toLowerCase(Locale.ROOT))
                .toList();
    }

    private static boolean isSession(List<String> name) {
        int last = name.size() - 1;
        while (last > 0 && ENDINGS.contains(name.get(last))) {
            last--;
        }
        return last >= 0
                && (SESSION.contains(name.get(last))
                        || SESSION.contains(ENDING.matcher(name.get(last)).replaceFirst("")));
    }

    private static boolean isTime(List<String> name) {
        return name.stream().anyMatch(TIME::contains)
                && name.stream().allMatch(part -> TIME.contains(part) || TIME_QUALIFIERS.contains(part));
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

    /** Reads written dates, with or without a time, and seconds or milliseconds since 1970. */
    private static @Nullable Instant time(@Nullable Object value) {
        if (value instanceof Number number) {
            return since1970(number.longValue());
        }
        if (!(value instanceof String text)) {
            return null;
        }
        String stripped = text.strip();
        return SINCE_1970.matcher(stripped).matches()
                ? since1970((long) Double.parseDouble(stripped))
                : WrittenTime.read(stripped);
    }

    private static @Nullable Instant since1970(long number) {
        if (number < FIRST_SECONDS) {
            return null;
        }
        return number >= FIRST_MILLIS ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number);
    }
}
