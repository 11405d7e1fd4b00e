package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.How;
import io.unifiedmemory.memory.util.BuildInfo;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    /** 1: revisions. */
    static final int MINOR = 1;

    static final String TYPE = "type";
    static final String MEMORY = "memory";
    static final String DELETE = "delete";
    static final String DELETE_ALL = "delete_all";
    static final String REVISION = "revision";
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
    static final Set<String> OF_REVISION = Stream.concat(OF_MEMORY.stream(), Stream.of("ended_at", "how", "current"))
            .collect(Collectors.toUnmodifiableSet());
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
        return of(MEMORY, entry);
    }

    /** A revision stands for itself: {@code current} says to what it belongs, wherever in the file that is. */
    static Map<String, Object> of(KeptRevision kept) {
        Revision revision = kept.revision();
        Map<String, Object> line = of(REVISION, revision.entry());
        line.put("ended_at", revision.endedAt().toString());
        line.put("how", revision.how().name().toLowerCase(Locale.ROOT));
        if (!kept.current().equals(HlcTimestamp.NONE)) {
            line.put("current", Long.toString(kept.current().stamp()));
        }
        return line;
    }

    private static Map<String, Object> of(String type, MemoryEntry entry) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(TYPE, type);
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
    static Map<String, Object> end(long memories, long deletes, long revisions) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(TYPE, END);
        line.put("memories", memories);
        line.put("deletes", deletes);
        line.put("revisions", revisions);
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

    /**
     * Reads a revision. The number that it had counts for its store alone.
     *
     * @throws IllegalArgumentException that says what is missing or malformed
     */
    static KeptRevision revision(Map<String, Object> line) {
        Instant endedAt = time(line, "ended_at");
        if (endedAt == null) {
            throw new IllegalArgumentException("has no text \"ended_at\"");
        }
        return new KeptRevision(
                new Revision(1, memory(line), endedAt, how(text(line, "how"))),
                line.get("current") == null ? HlcTimestamp.NONE : version(line, "current"));
    }

    private static How how(String word) {
        for (How each : How.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(word)) {
                return each;
            }
        }
        throw new IllegalArgumentException("has a \"how\" that is not replaced, deleted or expired");
    }

    static String text(Map<String, Object> line, String field) {
        if (line.get(field) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("has no text \"" + field + "\"");
    }

    static HlcTimestamp version(Map<String, Object> line) {
        return version(line, "version");
    }

    private static HlcTimestamp version(Map<String, Object> line, String field) {
        try {
            return HlcTimestamp.parse(text(line, field));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("has a \"" + field + "\" that is not a number in quotes", e);
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
