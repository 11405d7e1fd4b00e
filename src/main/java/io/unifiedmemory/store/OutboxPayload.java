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

    /** The payload of an entry that erases and has no other data. Any other payload of one that erases begins alike. */
    private static final String ERASING = "{\"" + PERMANENTLY + "\":true}";

    /** How the payload of an entry that erases begins, for LIKE. */
    private static final String ERASES = "LIKE '" + ERASING.substring(0, ERASING.length() - 1) + "%'";

    /** In SQL: of the entries of a condition only those that do not erase. */
    public static final String UNLESS_ERASING = " AND (payload IS NULL OR payload NOT " + ERASES + ")";

    /** In SQL: of the stores of a condition only those that carry their text. */
    public static final String CARRYING = " AND payload IS NOT NULL AND payload <> '" + ERASING + "'";

    private OutboxPayload() {}

    /** In SQL: the payload of an entry that takes the place of another, which may have to erase what was there before. */
    public static String replacing(String held, String given) {
        return "CASE WHEN " + held + " " + ERASES + " THEN CASE WHEN " + given + " IS NULL THEN '" + ERASING + "' WHEN "
                + given + " " + ERASES + " THEN " + given + " ELSE '" + ERASING.substring(0, ERASING.length() - 1)
                + ",' || substr(" + given + ", 2) END ELSE " + given + " END";
    }

    /** In SQL: the payload of a delete that takes the place of a store. */
    public static String ofDelete(String store) {
        return "CASE WHEN " + store + " " + ERASES + " THEN '" + ERASING + "' END";
    }

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
     * Reads the memory that a store carries; {@link Lookup#MISSING} where it carries none, or one that cannot be read,
     * which makes the entry a dead letter.
     */
    public static Lookup text(String userId, String key, HlcTimestamp version, String payload) {
        try {
            Map<String, Object> json = Json.parseObject(payload);
            return json.containsKey("value") ? new Lookup.Found(entry(userId, key, version, json)) : Lookup.MISSING;
        } catch (JacksonException | DateTimeParseException | ClassCastException e) {
            return Lookup.MISSING;
        }
    }

    /** The data of an entry that the other columns do not hold; null when there are none. */
    public static @Nullable String of(OutboxEntry owed) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (owed.permanently()) {
            json.put(PERMANENTLY, true);
        }
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
