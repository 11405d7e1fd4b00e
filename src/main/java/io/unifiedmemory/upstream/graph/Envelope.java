package io.unifiedmemory.upstream.graph;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Sha256;
import io.unifiedmemory.upstream.contract.ToolReply;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The data of a memory that a knowledge graph has no place for, as one line of JSON beside the value's own text.
 *
 * @param valueHash names the value's text: its SHA-256 in hexadecimal
 * @param borrowed whether another program had written that text first, so that the text stays when the memory goes
 */
record Envelope(
        String userId,
        String key,
        Map<String, Object> metadata,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt,
        HlcTimestamp version,
        String valueHash,
        boolean borrowed,
        @Nullable Instant expiresAt,
        @Nullable String writtenBy) {

    private static final String MARK = "unified_memory";
    private static final String START = "{\"" + MARK + "\":";
    private static final int FORMAT = 1;

    static Envelope of(MemoryEntry entry, boolean borrowed) {
        return new Envelope(
                entry.userId(),
                entry.key(),
                entry.metadata(),
                entry.createdAt(),
                entry.updatedAt(),
                entry.version(),
                Sha256.hex(entry.value()),
                borrowed,
                entry.expiresAt(),
                entry.writtenBy());
    }

    /** The envelope in an observation; null when it holds none. */
    static @Nullable Envelope parse(String observation) {
        if (!observation.startsWith(START)) {
            return null;
        }
        try {
            Map<String, Object> json = Json.parseObject(observation);
            if (!Integer.valueOf(FORMAT).equals(json.get(MARK))
                    || !(json.get("user_id") instanceof String userId)
                    || !(json.get("key") instanceof String key)
                    || !(json.get("metadata") instanceof Map<?, ?> metadata)
                    || !(json.get("version") instanceof String version)
                    || !(json.get("value_sha256") instanceof String valueHash)) {
                return null;
            }
            return new Envelope(
                    userId,
                    key,
                    ToolReply.object(metadata),
                    instant(json.get("created_at")),
                    instant(json.get("updated_at")),
                    HlcTimestamp.parse(version),
                    valueHash,
                    Boolean.TRUE.equals(json.get("borrowed")),
                    instant(json.get("expires_at")),
                    json.get("written_by") instanceof String writer ? writer : null);
        } catch (JacksonException | IllegalArgumentException | DateTimeParseException e) {
            return null; // a text of another program that happens to begin like an envelope
        }
    }

    String text() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(MARK, FORMAT);
        json.put("user_id", userId);
        json.put("key", key);
        json.put("metadata", metadata);
        if (createdAt != null) {
            json.put("created_at", createdAt.toString());
        }
        if (updatedAt != null) {
            json.put("updated_at", updatedAt.toString());
        }
        json.put("version", Long.toString(version.stamp()));
        json.put("value_sha256", valueHash);
        if (borrowed) {
            json.put("borrowed", true);
        }
        if (expiresAt != null) {
            json.put("expires_at", expiresAt.toString());
        }
        if (writtenBy != null) {
            json.put("written_by", writtenBy);
        }
        return Json.write(json);
    }

    MemoryEntry with(String value) {
        return new MemoryEntry(userId, key, value, metadata, createdAt, updatedAt, version, expiresAt, writtenBy);
    }

    private static @Nullable Instant instant(@Nullable Object text) {
        return text == null ? null : Instant.parse(text.toString());
    }
}
