package io.unifiedmemory.tools;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What two instances of this server tell each other beside a call, in {@code _meta}, so that a memory keeps its version
 * and times on the way and no model has to see them. Versions are decimal strings, because they exceed what JavaScript
 * keeps exactly; times are ISO-8601.
 */
final class ReplicaMeta {

    private static final String PREFIX = "io.unifiedmemory/";

    private ReplicaMeta() {}

    /** What the caller says of a write that was made elsewhere. */
    record Write(
            HlcTimestamp version,
            @Nullable Instant createdAt,
            @Nullable Instant updatedAt,
            @Nullable Instant cutoff) {}

    /** The origin of a write; null for a write that is made here and now. */
    static @Nullable Write write(Map<String, Object> meta) {
        if (!(meta.get(PREFIX + "write") instanceof Map<?, ?> write)) {
            return null;
        }
        try {
            return new Write(
                    HlcTimestamp.parse(String.valueOf(write.get("version"))),
                    time(write.get("created_at")),
                    time(write.get("updated_at")),
                    instant(write.get("cutoff")));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw Arguments.rejected("_meta " + PREFIX + "write is malformed: " + e.getMessage());
        }
    }

    /** The version of a delete that was made elsewhere; null for one that is made here and now. */
    static @Nullable HlcTimestamp version(Map<String, Object> meta) {
        Write write = write(meta);
        return write == null ? null : write.version();
    }

    /** Whether the caller wants versions and exact times. */
    static boolean wantsDetail(Map<String, Object> meta) {
        return meta.containsKey(PREFIX + "detail") || meta.containsKey(PREFIX + "write");
    }

    // What follows is the detail of a result: empty for a caller that did not ask for it, which is every model.

    /** What is known of a key; {@code withContent} when the caller cannot know it from the result. */
    static Map<String, Object> lookup(ToolCall call, Lookup lookup, boolean withContent) {
        if (!wantsDetail(call.meta())) {
            return Map.of();
        }
        if (lookup instanceof Lookup.Deleted deleted) {
            return Map.of(PREFIX + "lookup", Map.of("deleted", text(deleted.version())));
        }
        if (lookup instanceof Lookup.Found found) {
            Map<String, Object> detail = times(found.entry());
            if (withContent) {
                detail.put("value", found.entry().value());
                detail.put("metadata", found.entry().metadata());
            }
            return Map.of(PREFIX + "lookup", detail);
        }
        return Map.of();
    }

    /** The versions of memories that the result shows, by key. */
    static Map<String, Object> versions(ToolCall call, Collection<MemoryEntry> entries) {
        return wantsDetail(call.meta())
                ? Map.of(PREFIX + "versions", byKey(entries, entry -> text(entry.version())))
                : Map.of();
    }

    /** What a listing leaves out of its memories, by key. */
    static Map<String, Object> entries(ToolCall call, Collection<MemoryEntry> entries) {
        if (!wantsDetail(call.meta())) {
            return Map.of();
        }
        return Map.of(PREFIX + "entries", byKey(entries, entry -> {
            Map<String, Object> detail = times(entry);
            detail.put("metadata", entry.metadata());
            return detail;
        }));
    }

    /** What a delete removed, and what of the memory is left: a newer write stays. */
    static Map<String, Object> removal(ToolCall call, Removal removal) {
        if (!wantsDetail(call.meta())) {
            return Map.of();
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("count", removal.count());
        told.put("survivor", text(removal.survivor()));
        if (removal.spared()) {
            told.put("spared", true);
        }
        return Map.of(PREFIX + "removal", told);
    }

    /** An answer that also names the database file behind it, so that nobody takes it for a second copy of his own. */
    static ToolResult signed(ToolResult result, @Nullable String identity) {
        if (identity == null) {
            return result;
        }
        Map<String, Object> meta = new LinkedHashMap<>(result.meta());
        meta.put(PREFIX + "database", identity);
        return new ToolResult(result.structured(), meta);
    }

    private static Map<String, Object> byKey(Collection<MemoryEntry> entries, Function<MemoryEntry, Object> detailOf) {
        Map<String, Object> byKey = new LinkedHashMap<>();
        entries.forEach(entry -> byKey.put(entry.key(), detailOf.apply(entry)));
        return byKey;
    }

    private static Map<String, Object> times(MemoryEntry entry) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("version", text(entry.version()));
        EntryJson.putTimes(detail, entry);
        return detail;
    }

    private static String text(HlcTimestamp version) {
        return Long.toString(version.stamp());
    }

    /** A time that a memory can have: one of the years that every part of this program can write and read. */
    private static @Nullable Instant time(@Nullable Object text) {
        Instant time = instant(text);
        if (time != null && !Times.isInRange(time)) {
            throw new IllegalArgumentException(time + " is not of the years 1 to 9999");
        }
        return time;
    }

    private static @Nullable Instant instant(@Nullable Object text) {
        return text == null ? null : Instant.parse(text.toString());
    }
}
