package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.Json;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Outbox;
import io.unifiedmemory.memory.Owed;
import io.unifiedmemory.memory.Owed.Operation;
import io.unifiedmemory.memory.Owed.Scope;
import io.unifiedmemory.memory.Version;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The outbox in the database file, in the transactions of the memories. Thread-safe. */
public final class SqliteOutbox implements Outbox {

    private static final String COLUMNS =
            "backend, operation, user_id, key, version, payload, attempts, due_at, dead, error";

    private static final String OWE = """
            INSERT INTO outbox (backend, user_id, scope, key, operation, version, payload, attempts, due_at, dead)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, 0)
            ON CONFLICT (backend, user_id, scope, key) DO UPDATE
            SET operation = excluded.operation, version = excluded.version, payload = excluded.payload,
                attempts = 0, due_at = excluded.due_at, dead = 0, error = NULL
            WHERE excluded.version >= version""";

    private static final String THIS = "backend = ?1 AND user_id = ?2 AND scope = ?3 AND key = ?4";

    private final SqliteDatabase database;
    private final Clock clock;

    /**
     * Touches nothing.
     *
     * @param clock the wall clock, by which the right to relay lapses
     */
    public SqliteOutbox(SqliteDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public <T extends @Nullable Object> T write(Collection<Owed> owed, Supplier<T> write) {
        return database.write(tx -> {
            T result = write.get();
            for (Owed one : owed) {
                owe(tx, one);
            }
            return result;
        });
    }

    private static void owe(Session tx, Owed owed) throws SQLException {
        if (owed.operation() == Operation.DELETE_ALL) {
            tx.update(
                    "DELETE FROM outbox WHERE backend = ?1 AND user_id = ?2 AND version <= ?3",
                    owed.backend(),
                    owed.userId(),
                    owed.version().stamp());
        }
        tx.update(
                OWE,
                owed.backend(),
                owed.userId(),
                owed.operation().scope().name(),
                owed.key(),
                owed.operation().name(),
                owed.version().stamp(),
                payload(owed),
                owed.dueMillis());
    }

    @Override
    public void confirm(Collection<Owed> delivered) {
        database.write(tx -> {
            for (Owed owed : delivered) {
                change(
                        tx,
                        "DELETE FROM outbox WHERE " + THIS + " AND version <= ?5",
                        owed,
                        owed.version().stamp());
            }
            return delivered.size();
        });
    }

    @Override
    public void postpone(Owed owed, long dueMillis, String error) {
        String sql = "UPDATE outbox SET attempts = attempts + 1, due_at = ?6, error = ?7 WHERE " + THIS
                + " AND version = ?5";
        database.write(tx -> change(tx, sql, owed, owed.version().stamp(), dueMillis, error));
    }

    @Override
    public void bury(Owed owed, String error) {
        String sql =
                "UPDATE outbox SET attempts = attempts + 1, dead = 1, error = ?6 WHERE " + THIS + " AND version = ?5";
        database.write(tx -> change(tx, sql, owed, owed.version().stamp(), error));
    }

    private static int change(Session tx, String sql, Owed owed, Object... more) throws SQLException {
        Object[] arguments = new Object[4 + more.length];
        arguments[0] = owed.backend();
        arguments[1] = owed.userId();
        arguments[2] = owed.operation().scope().name();
        arguments[3] = owed.key();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return tx.update(sql, arguments);
    }

    @Override
    public List<Owed> due(String backend, long nowMillis, int limit) {
        String sql = "SELECT " + COLUMNS + " FROM outbox WHERE backend = ?1 AND dead = 0 AND due_at <= ?2"
                + " ORDER BY version LIMIT ?3";
        return database.read(session -> letters(session, sql, backend, nowMillis, limit)).stream()
                .map(Letter::owed)
                .toList();
    }

    @Override
    public boolean owes(String backend, String userId, String key) {
        String sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE backend = ?1 AND user_id = ?2"
                + " AND (scope <> ?3 OR key = ?4))";
        return database.read(session -> session.number(sql, backend, userId, Scope.KEY.name(), key)) > 0;
    }

    @Override
    public Lookup known(String userId, String key) {
        String sql = "SELECT " + COLUMNS + " FROM outbox WHERE user_id = ?1 AND operation <> ?2"
                + " AND (scope = ?3 OR key = ?4) ORDER BY version DESC LIMIT 1";
        List<Letter> newest = database.read(
                session -> letters(session, sql, userId, Operation.EXPIRE.name(), Scope.USER.name(), key));
        if (newest.isEmpty()) {
            return Lookup.MISSING;
        }
        Owed owed = newest.get(0).owed();
        MemoryEntry entry = owed.entry();
        if (owed.operation() != Operation.STORE) {
            return new Lookup.Deleted(owed.version());
        }
        return entry == null ? Lookup.MISSING : new Lookup.Found(entry);
    }

    @Override
    public Backlog backlog(String backend) {
        return database.read(session -> {
            String pending = "SELECT count(*), min(version) FROM outbox WHERE backend = ?1 AND dead = 0";
            long dead = session.number("SELECT count(*) FROM outbox WHERE backend = ?1 AND dead = 1", backend);
            try (ResultSet row = session.query(pending, backend)) {
                long count = row.getLong(1);
                return new Backlog(count, count == 0 ? null : new Version(row.getLong(2)).millis(), dead);
            }
        });
    }

    @Override
    public List<Letter> letters(int limit) {
        return database.read(
                session -> letters(session, "SELECT " + COLUMNS + " FROM outbox ORDER BY version LIMIT ?1", limit));
    }

    @Override
    public int retry(@Nullable String backend) {
        return database.write(tx -> tx.update(
                "UPDATE outbox SET dead = 0, due_at = 0 WHERE dead = 1 AND backend = coalesce(?1, backend)", backend));
    }

    @Override
    public int drop(@Nullable String backend) {
        return database.write(
                tx -> tx.update("DELETE FROM outbox WHERE dead = 1 AND backend = coalesce(?1, backend)", backend));
    }

    @Override
    public boolean lease(String name, String holder, Duration length) {
        long now = clock.millis();
        // A lease that ends later than any lease can was given by a clock that has been set back since.
        String sql = "INSERT INTO lease (name, holder, until) VALUES (?1, ?2, ?3)"
                + " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
                + " WHERE holder = excluded.holder OR until < ?4 OR until > excluded.until";
        return database.write(tx -> tx.update(sql, name, holder, now + length.toMillis(), now)) > 0;
    }

    @Override
    public void release(String holder) {
        database.write(tx -> tx.update("DELETE FROM lease WHERE holder = ?1", holder));
    }

    private static List<Letter> letters(Session session, String sql, Object... arguments) throws SQLException {
        List<Letter> letters = new ArrayList<>();
        try (ResultSet rows = session.query(sql, arguments)) {
            while (rows.next()) {
                letters.add(new Letter(owed(rows), rows.getInt(9) != 0, rows.getString(10)));
            }
        }
        return letters;
    }

    private static Owed owed(ResultSet row) throws SQLException {
        String userId = row.getString(3);
        String key = row.getString(4);
        Version version = new Version(row.getLong(5));
        String payload = row.getString(6);
        Map<String, Object> json = payload == null ? Map.of() : Json.parseObject(payload);
        return new Owed(
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

    private static @Nullable String payload(Owed owed) {
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
    private static MemoryEntry entry(String userId, String key, Version version, Map<String, Object> json) {
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
