package io.unifiedmemory.tools;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a memory as clients see it. Stateless. */
final class EntryJson {

    static final String EXPIRES_AT = "expires_at";

    private EntryJson() {}

    static Map<String, Object> of(MemoryEntry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user_id", entry.userId());
        json.put("key", entry.key());
        json.put("value", entry.value());
        json.put("metadata", entry.metadata());
        putTimes(json, entry);
        putOrigin(json, entry);
        return json;
    }

    /**
     * Leaves only the fields of the metadata that fit into so many characters of JSON, and notes that some are missing.
     *
     * @return how many characters the whole metadata has
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

    /** Puts when the memory expires and who wrote it, where that is known. */
    private static void putOrigin(Map<String, Object> json, MemoryEntry entry) {
        putTime(json, EXPIRES_AT, entry.expiresAt());
        if (entry.writtenBy() != null) {
            json.put("written_by", entry.writtenBy());
        }
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
}
