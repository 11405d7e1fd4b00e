package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.BuildInfo;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lines of an archive, each a JSON object. The first names the format and its version; of the others, {@code type} says
 * what they are. The fields of a line and their order are fixed, so that the same memories make the same file.
 *
 * <p>Within one major version fields and types are only added. A reader that does not know one says so and reads the rest.
 * Stateless.
 */
final class ArchiveLine {

    /** What the field {@code format} of the first line holds. */
    static final String FORMAT = "unified-memory archive";

    static final int MAJOR = 1;
    static final int MINOR = 0;

    static final String TYPE = "type";
    static final String MEMORY = "memory";
    static final String DELETE = "delete";
    static final String DELETE_ALL = "delete_all";
    static final String END = "end";

    static final Set<String> OF_MEMORY = Set.of(
            TYPE,
            "user_id",
            "key",
            "value",
            "metadata",
            "created_at",
            "updated_at",
            "expires_at",
            "written_by",
            "version");
    static final Set<String> OF_DELETE = Set.of(TYPE, "user_id", "key", "version");
    static final Set<String> OF_DELETE_ALL = Set.of(TYPE, "user_id", "version");

    private ArchiveLine() {}

    static Map<String, Object> manifest(Instant now) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("format", FORMAT);
        line.put("version", MAJOR + "." + MINOR);
        line.put("exported_at", now.toString());
        line.put("program", "unified-memory " + BuildInfo.current());
        return line;
    }

    static Map<String, Object> of(MemoryEntry entry) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(TYPE, MEMORY);
        line.put("user_id", entry.userId());
        line.put("key", entry.key());
        line.put("value", entry.value());
        line.put("metadata", entry.metadata());
        putTime(line, "created_at", entry.createdAt());
        putTime(line, "updated_at", entry.updatedAt());
        putTime(line, "expires_at", entry.expiresAt());
        if (entry.writtenBy() != null) {
            line.put("written_by", entry.writtenBy());
        }
        line.put("version", Long.toString(entry.version().stamp()));
        return line;
    }

    static Map<String, Object> delete(String userId, @Nullable String key, HlcTimestamp version) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(TYPE, key == null ? DELETE_ALL : DELETE);
        line.put("user_id", userId);
        if (key != null) {
            line.put("key", key);
        }
        line.put("version", Long.toString(version.stamp()));
        return line;
    }

    /** The last line, by which a reader knows that nothing is missing. */
    static Map<String, Object> end(long memories, long deletes) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(TYPE, END);
        line.put("memories", memories);
        line.put("deletes", deletes);
        return line;
    }

    /**
     * Reads a memory.
     *
     * @throws IllegalArgumentException that says what is missing or malformed
     */
    static MemoryEntry memory(Map<String, Object> line) {
        if (!(line.get("metadata") instanceof Map<?, ?> metadata)) {
            throw new IllegalArgumentException("has no object \"metadata\"");
        }
        Map<String, Object> named = new LinkedHashMap<>();
        metadata.forEach((name, value) -> named.put(String.valueOf(name), value));
        return new MemoryEntry(
                text(line, "user_id"),
                text(line, "key"),
                text(line, "value"),
                named,
                time(line, "created_at"),
                time(line, "updated_at"),
                version(line),
                time(line, "expires_at"),
                line.get("written_by") == null ? null : text(line, "written_by"));
    }

    static String text(Map<String, Object> line, String field) {
        if (line.get(field) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("has no text \"" + field + "\"");
    }

    static HlcTimestamp version(Map<String, Object> line) {
        try {
            return HlcTimestamp.parse(text(line, "version"));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("has a \"version\" that is not a number in quotes", e);
        }
    }

    private static @Nullable Instant time(Map<String, Object> line, String field) {
        try {
            return line.get(field) == null ? null : Times.written(text(line, field));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("has a \"" + field + "\" that is not a time", e);
        }
    }

    private static void putTime(Map<String, Object> line, String field, @Nullable Instant time) {
        if (time != null) {
            line.put(field, time.toString());
        }
    }
}
