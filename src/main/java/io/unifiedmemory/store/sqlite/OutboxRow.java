package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.util.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Reads and writes rows of the outbox. */
final class OutboxRow {

    /** The columns that {@link #item} reads. */
    static final String COLUMNS = "backend, operation, user_id, key, version, payload, attempts, due_at, dead, error";

    private OutboxRow() {}

    /** Reads a row. A row whose payload cannot be read is a dead letter, whatever it says: nobody can deliver it. */
    static Item item(ResultSet row) throws SQLException {
        String payload = row.getString(6);
        try {
            Map<String, Object> json = payload == null ? Map.of() : Json.parseObject(payload);
            return new Item(owed(row, json), row.getInt(9) != 0, row.getString(10));
        } catch (JacksonException | DateTimeParseException | ClassCastException e) {
            return new Item(owed(row, Map.of()), true, "its content cannot be read: " + e.getMessage());
        }
    }

    private static OutboxEntry owed(ResultSet row, Map<String, Object> json) throws SQLException {
        String userId = row.getString(3);
        String key = row.getString(4);
        HlcTimestamp version = new HlcTimestamp(row.getLong(5));
        return new OutboxEntry(
                row.getString(1),
                Operation.valueOf(row.getString(2)),
                userId,
                key,
                version,
                json.containsKey("value") ? entry(userId, key, version, json) : null,
                instant(json.get("cutoff")),
                row.getInt(7),
                row.getLong(8));
    }

    /**
     * Reads the memory that a store carries; {@link Lookup#MISSING} where it cannot be read, which makes the entry a
     * dead letter.
     */
    static Lookup text(String userId, String key, HlcTimestamp version, String payload) {
        try {
            return new Lookup.Found(entry(userId, key, version, Json.parseObject(payload)));
        } catch (JacksonException | DateTimeParseException | ClassCastException e) {
            return Lookup.MISSING;
        }
    }

    /** The data of an entry that the other columns do not hold; null when there are none. */
    static @Nullable String payload(OutboxEntry owed) {
        Map<String, Object> json = new LinkedHashMap<>();
        MemoryEntry entry = owed.entry();
        if (entry != null) {
            json.put("value", entry.value());
            json.put("metadata", entry.metadata());
            json.put("created_at", text(entry.createdAt()));
            json.put("updated_at", text(entry.updatedAt()));
        }
        if (owed.cutoff() != null) {
            json.put("cutoff", text(owed.cutoff()));
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
                version);
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static @Nullable Instant instant(@Nullable Object text) {
        return text == null ? null : Instant.parse(text.toString());
    }
}
