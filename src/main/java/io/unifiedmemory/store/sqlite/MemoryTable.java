package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.Revision.How;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.Expirations.Expiring;
import io.unifiedmemory.memory.spi.HighWaterMark.Mark;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.EpochMillis;
import io.unifiedmemory.store.NewestMemories;
import io.unifiedmemory.store.OutboxPayload;
import io.unifiedmemory.store.sqlite.db.ErasureNote;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.MemoryRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memories and tombstones in SQL. Works within the caller's transaction, so the caller can change other tables in the
 * same one. Stateless.
 *
 * <p>Invariant: a memory is newer than the tombstones of its key and of its user.
 */
public final class MemoryTable {

    /** The id of a deleted memory is not given out again while the search index still knows it. */
    private static final String UPSERT = """
            INSERT INTO memory (
                id, user_id, key, value, metadata, created_at, updated_at, version, expires_at, written_by, stamped)
            VALUES (
                1 + max(
                    coalesce((SELECT max(id) FROM memory), 0), coalesce((SELECT max(id) FROM search_entry), 0)),
                ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?7)
            ON CONFLICT (user_id, key) DO UPDATE
            SET value = excluded.value, metadata = excluded.metadata, created_at = excluded.created_at,
                updated_at = excluded.updated_at, version = excluded.version, expires_at = excluded.expires_at,
                written_by = excluded.written_by, stamped = excluded.stamped""";

    /** After the texts that only the outbox holds, the first row decides: a memory has a key, tombstones have none. */
    private static final String FIND = """
            SELECT key, NULL, NULL, NULL, NULL, version, NULL, NULL, NULL, payload FROM outbox
            WHERE user_id = ?1 AND scope = 'KEY' AND key = ?2 AND operation = 'STORE' AND payload IS NOT NULL
            UNION ALL
            SELECT key, value, metadata, created_at, updated_at, version, expires_at, written_by, stamped, NULL FROM memory
            WHERE user_id = ?1 AND key = ?2
            UNION ALL
            SELECT NULL, NULL, NULL, NULL, NULL, version, NULL, NULL, NULL, NULL FROM tombstone WHERE user_id = ?1 AND key = ?2
            UNION ALL
            SELECT NULL, NULL, NULL, NULL, NULL, version, NULL, NULL, NULL, NULL FROM user_tombstone WHERE user_id = ?1""";

    /** The memories of several keys in the order of the keys; a row of nothing where a key has none. */
    private static final String FIND_ALL = """
            SELECT m.key, m.value, m.metadata, m.created_at, m.updated_at, m.version, m.expires_at, m.written_by, m.stamped
            FROM json_each(?2) AS wanted LEFT JOIN memory AS m ON m.user_id = ?1 AND m.key = wanted.value""";

    private static final String HAS_TEXTS_IN_OUTBOX =
            "SELECT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_text WHERE user_id = ?1 AND operation = 'STORE'"
                    + OutboxPayload.CARRYING + ")";

    /**
     * Reads everything that a write of one key needs in one statement: the furthest clock readings (always the first
     * row), what {@link #FIND} finds, and the keys that differ from this one only in case, in rows without a value. A
     * list of keys is avoided because SQLite would build a table for it first, which takes three times as long.
     */
    private static final String STATE = """
            SELECT NULL, NULL, NULL, NULL, NULL, newest, NULL, NULL, NULL, NULL, wall FROM clock
            UNION ALL
            SELECT key, NULL, NULL, NULL, NULL, version, NULL, NULL, NULL, payload, NULL FROM outbox
            WHERE user_id = ?1 AND scope = 'KEY' AND key = ?2 AND operation = 'STORE' AND payload IS NOT NULL
            UNION ALL
            SELECT key, value, metadata, created_at, updated_at, version, expires_at, written_by, stamped, NULL, NULL FROM memory
            WHERE user_id = ?1 AND key = ?2
            UNION ALL
            SELECT NULL, NULL, NULL, NULL, NULL, version, NULL, NULL, NULL, NULL, NULL FROM tombstone WHERE user_id = ?1 AND key = ?2
            UNION ALL
            SELECT NULL, NULL, NULL, NULL, NULL, version, NULL, NULL, NULL, NULL, NULL FROM user_tombstone WHERE user_id = ?1
            UNION ALL
            SELECT key, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 0 FROM memory WHERE user_id = ?1 AND key = ?3
            UNION ALL
            SELECT key, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 0 FROM memory WHERE user_id = ?1 AND key = ?4
            UNION ALL
            SELECT key, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 0 FROM memory WHERE user_id = ?1 AND key = ?5
            UNION ALL
            SELECT key, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, 0 FROM memory WHERE user_id = ?1 AND key = ?6""";

    private static final String REMEMBER_DELETE = """
            INSERT INTO tombstone (user_id, key, version, made) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE
            SET version = max(version, excluded.version), made = max(made, excluded.made)""";

    private static final String REMEMBER_DELETE_ALL = """
            INSERT INTO user_tombstone (user_id, version) VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET version = excluded.version WHERE excluded.version > version""";

    /** The index holds only memories that expire. */
    private static final String COUNT = """
            SELECT count(*) - (SELECT count(*) FROM memory INDEXED BY memory_by_expiry
                WHERE expires_at <= ?2 AND user_id = ?1 AND stamped = version)
            FROM memory WHERE user_id = ?1""";

    private static final String EXPIRING = """
            SELECT user_id, key, version, expires_at FROM memory INDEXED BY memory_by_expiry
            WHERE expires_at <= ?1 AND stamped = version ORDER BY expires_at LIMIT ?2""";

    private final RevisionTable history;

    /** A table without a history. */
    public MemoryTable() {
        this(RevisionTable.NONE);
    }

    /** @param history keeps what is replaced or deleted */
    MemoryTable(RevisionTable history) {
        this.history = history;
    }

    /** What it keeps of what is replaced or deleted. */
    RevisionTable history() {
        return history;
    }

    /**
     * What the tables say of one key.
     *
     * @param lookup the memory or tombstone that counts, the texts in the outbox included
     * @param inTable the timestamp of the memory in the table; {@link HlcTimestamp#NONE} when there is none
     * @param similar keys that differ from the key only in case, when nothing is stored under it
     * @param mark the furthest clock readings
     */
    record KeyState(Lookup lookup, HlcTimestamp inTable, List<String> similar, Mark mark) {}

    /** Reads the state of a key in one statement. */
    KeyState state(Handle tx, String userId, String key) throws SQLException {
        @Nullable Object[] arguments = new Object[2 + Names.MOST_CASES];
        arguments[0] = userId;
        arguments[1] = key;
        List<String> cases = Names.otherCases(key);
        for (int i = 0; i < cases.size(); i++) {
            arguments[2 + i] = cases.get(i);
        }
        try (ResultSet rows = tx.query(STATE, arguments)) {
            rows.next();
            Mark mark = new Mark(new HlcTimestamp(rows.getLong(6)), rows.getLong(11));
            Found found = new Found(userId, key);
            List<String> similar = List.of();
            while (found.memory == null && rows.next()) {
                if (!found.take(rows, rows.getString(1))) {
                    similar = similar.isEmpty() ? new ArrayList<>() : similar;
                    similar.add(rows.getString(1));
                }
            }
            MemoryEntry memory = found.memory;
            return new KeyState(found.newest(), memory == null ? HlcTimestamp.NONE : memory.version(), similar, mark);
        }
    }

    /** Collects the rows of {@link #FIND} or {@link #STATE}. */
    private static final class Found {

        private final String userId;
        private final String key;
        private Lookup inOutbox = Lookup.MISSING;
        private @Nullable MemoryEntry memory;
        private HlcTimestamp deleted = HlcTimestamp.NONE;

        Found(String userId, String key) {
            this.userId = userId;
            this.key = key;
        }

        /** Takes a row; false when it is about another key. After a memory the remaining rows are not needed. */
        boolean take(ResultSet row, @Nullable String rowKey) throws SQLException {
            if (rowKey == null) {
                HlcTimestamp version = new HlcTimestamp(row.getLong(6));
                deleted = version.isNewerThan(deleted) ? version : deleted;
                return true;
            }
            if (!rowKey.equals(key)) {
                return false;
            }
            String payload = row.getString(10);
            if (payload == null) {
                memory = MemoryRow.entry(row, userId);
            } else {
                HlcTimestamp version = new HlcTimestamp(row.getLong(6));
                inOutbox = WriteOrder.newest(inOutbox, OutboxPayload.text(userId, key, version, payload));
            }
            return true;
        }

        Lookup newest() {
            Lookup inTable = memory != null
                    ? new Lookup.Found(memory)
                    : deleted.equals(HlcTimestamp.NONE) ? Lookup.MISSING : new Lookup.Deleted(deleted);
            return WriteOrder.newest(inTable, inOutbox);
        }
    }

    /** Stores a memory of which nothing was read yet. */
    public Lookup store(Handle tx, MemoryEntry entry) throws SQLException {
        return upsert(tx, entry, state(tx, entry.userId(), entry.key()));
    }

    /**
     * Stores a memory, unless something newer is there.
     *
     * @param state what the tables say of the entry's key
     * @return what the table holds after that
     */
    Lookup upsert(Handle tx, MemoryEntry entry, KeyState state) throws SQLException {
        MemoryEntry stored = entry;
        MemoryEntry replaced = null;
        if (state.lookup instanceof Lookup.Deleted deleted) {
            if (!entry.version().isNewerThan(deleted.version())) {
                return deleted;
            }
            tx.update("DELETE FROM tombstone WHERE user_id = ?1 AND key = ?2", entry.userId(), entry.key());
        } else if (state.lookup instanceof Lookup.Found found) {
            if (!WriteOrder.isNewer(entry, found.entry())) {
                return found;
            }
            replaced = found.entry();
            if (!replaced.hasContentOf(entry)) {
                history.keep(tx, entry.userId(), entry.key(), How.REPLACED);
            }
            Instant createdAt = replaced.createdAt();
            stored = createdAt == null ? entry : entry.withCreatedAt(createdAt);
        }
        tx.update(
                UPSERT,
                stored.userId(),
                stored.key(),
                stored.value(),
                stored.metadata().isEmpty() ? "{}" : Json.write(stored.metadata()),
                MemoryRow.millis(stored.createdAt()),
                MemoryRow.millis(stored.updatedAt()),
                stored.version().stamp(),
                MemoryRow.millis(stored.expiresAt()),
                stored.writtenBy());
        return new Lookup.Found(stored, replaced, state.similar);
    }

    /** Returns what the tables and the texts in the outbox say of a memory. */
    public Lookup find(Handle handle, String userId, String key) throws SQLException {
        try (ResultSet rows = handle.query(FIND, userId, key)) {
            Found found = new Found(userId, key);
            while (found.memory == null && rows.next()) {
                found.take(rows, rows.getString(1));
            }
            return found.newest();
        }
    }

    /** Returns what {@link #find} does for the first of these keys, until their texts have more characters than wanted. */
    List<Lookup> findAll(Handle snapshot, String userId, List<String> keys, long maxChars) throws SQLException {
        if (keys.size() == 1) {
            return List.of(find(snapshot, userId, keys.get(0)));
        }
        List<Lookup> known = new ArrayList<>(keys.size());
        boolean inTable = snapshot.number(HAS_TEXTS_IN_OUTBOX, userId) == 0;
        long chars = 0;
        try (ResultSet rows = snapshot.query(FIND_ALL, userId, Json.write(inTable ? keys : List.of()))) {
            while (known.size() < keys.size() && chars <= maxChars) {
                String key = keys.get(known.size());
                boolean held = rows.next() && key.equals(MemoryRow.key(rows));
                Lookup one = held ? new Lookup.Found(MemoryRow.entry(rows, userId)) : find(snapshot, userId, key);
                chars += one.chars();
                known.add(one);
            }
        }
        return known;
    }

    /**
     * Returns a page, which ends before its texts have more characters than are wanted.
     *
     * @param nowMillis memories that expired by then are on the page and not in its total
     */
    Page list(Handle handle, ListRequest request, long nowMillis) throws SQLException {
        List<MemoryEntry> entries = new ArrayList<>();
        boolean more = false;
        String after = request.afterKey() == null ? "" : request.afterKey();
        try (ResultSet rows = handle.query(
                "SELECT " + MemoryRow.COLUMNS + " FROM memory WHERE user_id = ?1 AND key > ?2 ORDER BY key",
                request.userId(),
                after)) {
            long chars = 0;
            while (!more && rows.next()) {
                if (entries.size() == request.limit()) {
                    more = true;
                } else {
                    MemoryEntry entry = MemoryRow.entry(rows, request.userId());
                    chars += entry.key().length() + entry.value().length();
                    more = chars > request.maxChars() && !entries.isEmpty();
                    if (!more) {
                        entries.add(entry);
                    }
                }
            }
        }
        return new Page(entries, more, request.afterKey() == null ? count(handle, request.userId(), nowMillis) : null);
    }

    private static long count(Handle handle, String userId, long nowMillis) throws SQLException {
        return handle.number(COUNT, userId, nowMillis);
    }

    /** Returns memories that expire by a time, of any user, those that expire first at the beginning. */
    List<Expiring> expiring(Handle handle, long millis, int limit) throws SQLException {
        List<Expiring> expiring = new ArrayList<>();
        try (ResultSet rows = handle.query(EXPIRING, millis, limit)) {
            while (rows.next()) {
                expiring.add(new Expiring(
                        rows.getString(1),
                        rows.getString(2),
                        new HlcTimestamp(rows.getLong(3)),
                        Instant.ofEpochMilli(rows.getLong(4))));
            }
        }
        return expiring;
    }

    /** Returns the users behind the given one who have a memory or a tombstone. */
    List<String> users(Handle handle, String after, int limit) throws SQLException {
        String sql = """
                SELECT user_id FROM (
                    SELECT user_id FROM memory WHERE user_id > ?1
                    UNION SELECT user_id FROM tombstone WHERE user_id > ?1
                    UNION SELECT user_id FROM user_tombstone WHERE user_id > ?1
                ) ORDER BY user_id LIMIT ?2""";
        List<String> users = new ArrayList<>();
        try (ResultSet rows = handle.query(sql, after, limit)) {
            while (rows.next()) {
                users.add(rows.getString(1));
            }
        }
        return users;
    }

    /**
     * Returns the most recently updated memories first, those without a time last.
     *
     * @param maxChars the bound on the total length of the texts; a longer result is rejected rather than cut, so that
     *     nobody takes it for complete
     */
    List<MemoryEntry> newest(Handle handle, SearchRequest request, long maxChars) throws SQLException {
        String sql = "SELECT " + MemoryRow.COLUMNS
                + " FROM memory WHERE user_id = ?1 ORDER BY updated_at DESC, version DESC, key";
        NewestMemories newest = new NewestMemories(request, maxChars);
        try (ResultSet rows = handle.query(sql, request.userId())) {
            while (newest.wantsMore() && rows.next()) {
                newest.take(MemoryRow.readable(rows, request.userId()));
            }
        }
        return newest.entries();
    }

    /** Deletes a memory of which nothing was read yet. */
    public Removal delete(Handle tx, String userId, String key, HlcTimestamp version) throws SQLException {
        return delete(tx, userId, key, version, state(tx, userId, key));
    }

    /**
     * Deletes a memory. A newer memory stays and needs no tombstone: nothing older than itself replaces it anyway.
     *
     * @param state what the tables say of the key
     */
    Removal delete(Handle tx, String userId, String key, HlcTimestamp version, KeyState state) throws SQLException {
        if (state.inTable.isNewerThan(version)) {
            return new Removal(0, state.inTable);
        }
        int removed = 0;
        int kept = 0;
        if (!state.inTable.equals(HlcTimestamp.NONE)) {
            kept = history.keep(tx, userId, key, How.DELETED);
            removed = tx.update("DELETE FROM memory WHERE user_id = ?1 AND key = ?2", userId, key);
        }
        tx.update(REMEMBER_DELETE, userId, key, version.stamp(), version.stamp());
        return new Removal(removed, HlcTimestamp.NONE, false, kept);
    }

    /** Deletes all memories of a user. One tombstone for the user replaces those of the keys that it covers. */
    Removal deleteAll(Handle tx, String userId, HlcTimestamp version) throws SQLException {
        int kept = history.keepAll(tx, userId, version);
        int removed = tx.update("DELETE FROM memory WHERE user_id = ?1 AND version <= ?2", userId, version.stamp());
        tx.update(REMEMBER_DELETE_ALL, userId, version.stamp());
        int forgotten =
                tx.update("DELETE FROM tombstone WHERE user_id = ?1 AND version <= ?2", userId, version.stamp());
        if (forgotten > 0) {
            ErasureNote.note(tx);
        }
        long survivor = tx.number("SELECT coalesce(max(version), 0) FROM memory WHERE user_id = ?1", userId);
        return new Removal(removed, new HlcTimestamp(survivor), false, kept);
    }

    /**
     * Deletes old memories. Each key is remembered as deleted in the version that was removed, so that a newer one,
     * wherever it is, stays.
     */
    Removal expire(Handle tx, String userId, Instant cutoff, HlcTimestamp version) throws SQLException {
        long cutoffMillis = EpochMillis.firstFrom(cutoff);
        int kept = history.keepOld(tx, userId, cutoffMillis, version);
        tx.update(
                "INSERT INTO tombstone (user_id, key, version, made) SELECT user_id, key, version, ?3 FROM memory"
                        + " WHERE user_id = ?1 AND updated_at < ?2 AND version <= ?3"
                        + " ON CONFLICT DO UPDATE SET version = excluded.version, made = excluded.made",
                userId,
                cutoffMillis,
                version.stamp());
        int removed = tx.update(
                "DELETE FROM memory WHERE user_id = ?1 AND updated_at < ?2 AND version <= ?3",
                userId,
                cutoffMillis,
                version.stamp());
        long survivor = tx.number(
                "SELECT coalesce(max(version), 0) FROM memory WHERE user_id = ?1 AND updated_at < ?2",
                userId,
                cutoffMillis);
        return new Removal(removed, new HlcTimestamp(survivor), false, kept);
    }
}
