package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Sha256;
import io.unifiedmemory.upstream.contract.ToolReply;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What a server has no place for, as one line of JSON that goes with a value. The line has the hash of the value, so that
 * a value that the server changed is noticed, and the value itself where servers are likely to change it.
 *
 * @param memory the memory; its value is empty where the line does not have it
 * @param hash the SHA-256 of the value in hexadecimal
 * @param hasValue whether the line has the value
 */
record Envelope(MemoryEntry memory, String hash, boolean hasValue) {

    private static final String MARK = "unified_memory";
    private static final int FORMAT = 1;

    /** A word before the brace: there are servers that hand back a text that is JSON as something else. */
    private static final String WORD = MARK + " ";

    private static final String START = WORD + "{\"" + MARK + "\":";
    private static final String BETWEEN = "\n\n";

    /** The line for a memory. */
    static String line(MemoryEntry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(MARK, FORMAT);
        json.put("user_id", entry.userId());
        json.put("key", entry.key());
        json.put("metadata", entry.metadata());
        if (entry.createdAt() != null) {
            json.put("created_at", entry.createdAt().toString());
        }
        if (entry.updatedAt() != null) {
            json.put("updated_at", entry.updatedAt().toString());
        }
        if (entry.expiresAt() != null) {
            json.put("expires_at", entry.expiresAt().toString());
        }
        if (entry.writtenBy() != null) {
            json.put("written_by", entry.writtenBy());
        }
        // A number of this size would not survive JavaScript.
        json.put("version", Long.toString(entry.version().stamp()));
        json.put("value_sha256", Sha256.hex(entry.value()));
        if (isFragile(entry.value())) {
            json.put("value", entry.value());
        }
        return visible(Json.write(json));
    }

    /** The value and the line in one text, which people and other programs can read and search. */
    static String text(MemoryEntry entry) {
        return entry.value() + BETWEEN + WORD + line(entry);
    }

    /** Reads a text; null when it is none of ours. A value may end with something that looks like a line: the last counts. */
    static @Nullable Copy read(String id, String text) {
        int at = text.lastIndexOf(START);
        Envelope envelope =
                at < 0 ? null : parse(text.substring(at + WORD.length()).strip());
        if (envelope == null) {
            return null;
        }
        String before = text.substring(0, at);
        return envelope.copy(id, before.endsWith(BETWEEN) ? before.substring(0, before.length() - 2) : before);
    }

    /** Reads a value and the line that is kept apart from it; null when that is none. */
    static @Nullable Copy read(String id, String value, @Nullable Object line) {
        Envelope envelope = line instanceof String text ? parse(text) : null;
        return envelope == null ? null : envelope.copy(id, value);
    }

    private Copy copy(String id, String beside) {
        String value = hasValue ? memory.value() : beside;
        return new Copy(id, memory.withValue(value), Sha256.hex(value).equals(hash));
    }

    private static @Nullable Envelope parse(String line) {
        try {
            Map<String, Object> json = Json.parseObject(line);
            if (!Integer.valueOf(FORMAT).equals(json.get(MARK))
                    || !(json.get("user_id") instanceof String user)
                    || !(json.get("key") instanceof String key)
                    || !(json.get("metadata") instanceof Map<?, ?> metadata)
                    || !(json.get("version") instanceof String version)
                    || !(json.get("value_sha256") instanceof String hash)) {
                return null;
            }
            String value = json.get("value") instanceof String whole ? whole : null;
            MemoryEntry entry = new MemoryEntry(
                    user,
                    key,
                    value == null ? "" : value,
                    ToolReply.object(metadata),
                    time(json.get("created_at")),
                    time(json.get("updated_at")),
                    HlcTimestamp.parse(version),
                    time(json.get("expires_at")),
                    json.get("written_by") instanceof String writer ? writer : null);
            return new Envelope(entry, hash, value != null);
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            return null; // another program's text that looks like a line of ours
        }
    }

    private static @Nullable Instant time(@Nullable Object text) {
        return text == null ? null : Instant.parse(text.toString());
    }

    /**
     * Whether servers are likely to change a value: they refuse an empty one, trim, rewrite the ends of lines, join empty
     * lines, and drop what cannot be seen.
     */
    private static boolean isFragile(String value) {
        return value.isEmpty()
                || isBlank(value.codePointAt(0))
                || isBlank(value.codePointBefore(value.length()))
                || value.contains("\n\n\n")
                || value.codePoints().anyMatch(c -> c != '\n' && c != '\t' && isInvisible(c));
    }

    private static boolean isBlank(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || isInvisible(c);
    }

    private static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    /** The same JSON without invisible characters, which some servers drop: in JSON they can be written by their numbers. */
    private static String visible(String json) {
        StringBuilder visible = new StringBuilder(json.length());
        json.codePoints().forEach(c -> {
            if (isInvisible(c)) {
                for (char unit : Character.toChars(c)) {
                    visible.append(String.format("\\u%04x", (int) unit));
                }
            } else {
                visible.appendCodePoint(c);
            }
        });
        return visible.toString();
    }
}
