package io.unifiedmemory.store;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.util.Json;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** What of an outbox entry stands in no column of its own, as JSON; the same in every store. Stateless. */
public final class OutboxPayload {

    private static final String PERMANENTLY = "permanently";

    private OutboxPayload() {}

    /**
     * The entry of a row, whatever its payload says. An entry whose payload cannot be read is a dead letter: nobody can
     * deliver it.
     *
     * @param row the entry as its columns tell it, without memory and cutoff
     */
    public static Item item(OutboxEntry row, @Nullable String payload, boolean dead, @Nullable String error) {
        try {
            Map<String, Object> json = payload == null ? Map.of() : Json.parseObject(payload);
            return new Item(with(row, json), dead, error);
        } catch (JacksonException | DateTimeParseException | ClassCastException e) {
            return new Item(row, true, "its content cannot be read: " + e.getMessage());
        }
    }

    private static OutboxEntry with(OutboxEntry row, Map<String, Object> json) {
        return new OutboxEntry(
                row.backend(),
                row.operation(),
                row.userId(),
                row.key(),
                row.version(),
                json.containsKey("value") ? entry(row.userId(), row.key(), row.version(), json) : null,
                instant(json.get("cutoff")),
                Boolean.TRUE.equals(json.get(PERMANENTLY)),
                row.attempts(),
                row.dueMillis());
    }

    /** An entry as its columns tell it. */
    public static OutboxEntry row(
            String backend, String operation, String userId, String key, long version, int attempts, long dueMillis) {
        return new OutboxEntry(
                backend,
                Operation.valueOf(operation),
                userId,
                key,
                new HlcTimestamp(version),
                null,
                null,
                attempts,
                dueMillis);
    }

    /**
     * Reads the memory that a store carries; {@link Lookup#MISSING} where it cannot be read, which makes the entry a
     * dead letter.
     */
    public static Lookup text(String userId, String key, HlcTimestamp version, String payload) {
        try {
            return new Lookup.Found(entry(userId, key, version, Json.parseObject(payload)));
        } catch (JacksonException | DateTimeParseException | ClassCastException e) {
            return Lookup.MISSING;
        }
    }

    /** The data of an entry that the other columns do not hold; null when there are none. */
    public static @Nullable String of(OutboxEntry owed) {
        Map<String, Object> json = new LinkedHashMap<>();
        MemoryEntry entry = owed.entry();
        if (entry != null) {
            json.put("value", entry.value());
            json.put("metadata", entry.metadata());
            json.put("created_at", text(entry.createdAt()));
            json.put("updated_at", text(entry.updatedAt()));
            json.put("expires_at", text(entry.expiresAt()));
            json.put("written_by", entry.writtenBy());
        }
        if (owed.cutoff() != null) {
            json.put("cutoff", text(owed.cutoff()));
        }
        if (owed.permanently()) {
            json.put(PERMANENTLY, true);
        }
        return json.isEmpty() ? null : Json.write(json);
    }

    @SuppressWarnings("unchecked") // payload() wrote a JSON object there
    private static MemoryEntry entry(String userId, String key, HlcTimestamp version, Map<String, Object> json) {
        return new MemoryEntry(
                userId,
                key,
                String.valueOf(json.get("value")),
                (Map<String, Object>) json.getOrDefault("metadata", Map.of()),
                instant(json.get("created_at")),
                instant(json.get("updated_at")),
                version,
                instant(json.get("expires_at")),
                json.get("written_by") instanceof String writer ? writer : null);
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static @Nullable Instant instant(@Nullable Object text) {
        return text == null ? null : Instant.parse(text.toString());
    }
}
