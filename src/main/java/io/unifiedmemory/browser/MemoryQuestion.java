package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.tools.AccessControl;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.NoBackendException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One memory whole, text and metadata, however large they are: what is corrected, or may have to be put back, must not be
 * the part of it that a model's context can take.
 */
final class MemoryQuestion implements Question {

    private final UnifiedMemory memory;
    private final AccessControl access;

    MemoryQuestion(UnifiedMemory memory, AccessControl access) {
        this.memory = memory;
        this.access = access;
    }

    @Override
    public Map<String, Object> answer(Map<String, Object> arguments, Principal caller) {
        Address address = Address.of(arguments, caller, access);
        try {
            Lookup lookup = memory.retrieve(address.userId(), address.key()).lookup();
            return lookup instanceof Lookup.Found found ? Map.of("entry", json(found.entry())) : Map.of();
        } catch (NoBackendException e) {
            throw AccessControl.shown(e, caller);
        }
    }

    private static Map<String, Object> json(MemoryEntry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user_id", entry.userId());
        json.put("key", entry.key());
        json.put("value", entry.value());
        json.put("metadata", entry.metadata());
        putTime(json, "created_at", entry.createdAt());
        putTime(json, "updated_at", entry.updatedAt());
        putTime(json, "expires_at", entry.expiresAt());
        if (entry.writtenBy() != null) {
            json.put("written_by", entry.writtenBy());
        }
        return json;
    }

    private static void putTime(Map<String, Object> json, String field, @Nullable Instant time) {
        if (time != null) {
            json.put(field, time.toString());
        }
    }
}
