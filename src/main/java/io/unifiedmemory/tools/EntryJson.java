package io.unifiedmemory.tools;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A memory as clients see it. */
final class EntryJson {

    private EntryJson() {}

    static Map<String, Object> of(MemoryEntry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user_id", entry.userId());
        json.put("key", entry.key());
        json.put("value", entry.value());
        json.put("metadata", entry.metadata());
        putTimes(json, entry);
        return json;
    }

    /**
     * Leaves only so much of the metadata as so many characters of JSON can hold, and says so.
     *
     * @return how many the whole has
     */
    static long boundMetadata(Map<String, Object> json, MemoryEntry entry, int most) {
        long chars = entry.metadata().isEmpty() ? 0 : Json.length(entry.metadata());
        if (chars > most) {
            json.put("metadata", fieldsThatFit(entry.metadata(), most));
            json.put("truncated", true);
            json.put("metadata_chars", chars);
        }
        return chars;
    }

    private static Map<String, Object> fieldsThatFit(Map<String, Object> metadata, int most) {
        Map<String, Object> fitting = new LinkedHashMap<>();
        long chars = 2;
        for (Map.Entry<String, Object> field : metadata.entrySet()) {
            long size = Json.length(field.getKey()) + Json.length(field.getValue()) + 2;
            if (chars + size <= most) {
                chars += size;
                fitting.put(field.getKey(), field.getValue());
            }
        }
        return fitting;
    }

    /** Puts the times that are known. */
    static void putTimes(Map<String, Object> json, MemoryEntry entry) {
        putTime(json, "created_at", entry.createdAt());
        putTime(json, "updated_at", entry.updatedAt());
    }

    private static void putTime(Map<String, Object> json, String field, @Nullable Instant time) {
        if (time != null) {
            json.put(field, time.toString());
        }
    }

    /** The schema of {@link #of}, with more fields behind it. */
    static Map<String, Object> schema(Object... more) {
        Object[] fields = {
            "user_id", Schema.string("Whose memory it is"),
            "key", Schema.string("The name it is kept under"),
            "value", Schema.string("The remembered text"),
            "metadata", Schema.anyObject("What was stored with it"),
            "created_at?", Schema.string("When the key was first stored, ISO-8601 UTC; absent when unknown"),
            "updated_at?", Schema.string("When it was last stored, ISO-8601 UTC; absent when unknown")
        };
        Object[] all = Arrays.copyOf(fields, fields.length + more.length);
        System.arraycopy(more, 0, all, fields.length, more.length);
        return Schema.object(all);
    }

    /** The same of a memory that may be shown in part. */
    static Map<String, Object> schemaOfPart(String when, Object... more) {
        Object[] cuts = {
            "truncated?", Schema.bool("true when " + when),
            "value_chars?", Schema.integer(0, "Length of the whole value, when cut"),
            "metadata_chars?", Schema.integer(0, "Length of the whole metadata as JSON, when cut")
        };
        Object[] all = Arrays.copyOf(cuts, cuts.length + more.length);
        System.arraycopy(more, 0, all, cuts.length, more.length);
        return schema(all);
    }
}
