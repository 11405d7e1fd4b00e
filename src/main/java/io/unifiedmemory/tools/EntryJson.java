package io.unifiedmemory.tools;

import io.unifiedmemory.memory.MemoryEntry;
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
}
