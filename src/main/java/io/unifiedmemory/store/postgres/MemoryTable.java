package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.search.EntryContext;
import io.unifiedmemory.store.postgres.db.MemoryRow;
import io.unifiedmemory.store.postgres.db.Sql;
import io.unifiedmemory.store.postgres.index.PendingTable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The statements about memories and remembered deletes. Stateless.
 *
 * <p>Invariant: a memory is newer than the tombstones of its key and of its user. Whoever writes holds the row of the
 * user, see {@link AccountTable}, and has read there how far the index is.
 */
final class MemoryTable {

    private static final String MEMORY =
            "SELECT " + MemoryRow.COLUMNS + " FROM unified_memory.memory WHERE owner = ? AND key = ?";

    /** What is known of a key: the memory, the deletes that concern it. */
    private static final String FIND = "SELECT 1, " + MemoryRow.COLUMNS
            + " FROM unified_memory.memory WHERE owner = ? AND key = ?"
            + " UNION ALL SELECT 2, NULL, NULL, NULL, NULL, NULL, version, NULL, NULL, NULL"
            + " FROM unified_memory.tombstone WHERE owner = ? AND key = ?"
            + " UNION ALL SELECT 2, NULL, NULL, NULL, NULL, NULL, version, NULL, NULL, NULL"
            + " FROM unified_memory.user_tombstone WHERE owner = ?";

    private static final String STATE =
            FIND + " UNION ALL SELECT 3, key, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
                    + " FROM unified_memory.memory WHERE owner = ? AND key = ANY (?)";

    private static final String INSERT = "INSERT INTO unified_memory.memory"
            + " (owner, key, id, value, metadata, created_at, updated_at, version, conversation, said_at,"
            + " expires_at, written_by, stamped)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String CHANGED = "WITH changed AS (UPDATE unified_memory.memory SET value = ?, metadata = ?,"
            + " created_at = ?, updated_at = ?, version = ?, conversation = ?, said_at = ?,"
            + " expires_at = ?, written_by = ?, stamped = ?"
            + " WHERE owner = ? AND key = ? RETURNING owner, id)";

    private static final String REPLACE =
            CHANGED + ", " + VectorTable.clear("changed") + " " + PendingTable.noteAll("changed");

    private static final String KEEP_TEXT = CHANGED + " " + PendingTable.noteAll("changed");

    private static final String DELETE = "WITH gone AS (DELETE FROM unified_memory.memory"
            + " WHERE owner = ? AND key = ? RETURNING owner, id), " + VectorTable.remove("gone") + " "
            + PendingTable.noteAll("gone");

    private static final String REMEMBER = "INSERT INTO unified_memory.tombstone AS t (owner, key, version, made)"
            + " VALUES (?, ?, ?, ?) ON CONFLICT (owner, key) DO UPDATE"
            + " SET version = greatest(t.version, excluded.version), made = greatest(t.made, excluded.made)";

    private static final String DELETE_ALL = "WITH gone AS (DELETE FROM unified_memory.memory"
            + " WHERE owner = ? AND version <= ? RETURNING owner, id), " + VectorTable.remove("gone") + ","
            + " noted AS (" + PendingTable.noteAll("gone") + ")"
            + " SELECT count(*) FROM gone";

    private static final String REMEMBER_ALL = "INSERT INTO unified_memory.user_tombstone AS t (owner, version)"
            + " VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET version = greatest(t.version, excluded.version)";

    private static final String EXPIRE = "WITH gone AS (DELETE FROM unified_memory.memory"
            + " WHERE owner = ? AND updated_at < ? AND version <= ? RETURNING owner, id, key, version),"
            + " remembered AS (INSERT INTO unified_memory.tombstone (owner, key, version, made)"
            + " SELECT owner, key, version, ?::bigint FROM gone ON CONFLICT (owner, key) DO UPDATE"
            + " SET version = excluded.version, made = excluded.made), " + VectorTable.remove("gone") + ","
            + " noted AS (" + PendingTable.noteAll("gone") + ")"
            + " SELECT count(*) FROM gone";

    private static final String SURVIVOR =
            "SELECT coalesce(max(version), 0) FROM unified_memory.memory WHERE owner = ?";

    private MemoryTable() {}

    /** Finds the memory of a key, whose deletes are of no interest then. */
    static Sql memory(UUID owner, String key) {
        return Sql.of(MEMORY, owner, key);
    }

    /** Finds what is known of a key. */
    static Sql find(UUID owner, String key) {
        return Sql.of(FIND, owner, key, owner, key, owner);
    }

    /** Finds what a write of a key needs to know. */
    static Sql state(UUID owner, String key) {
        return Sql.of(STATE, owner, key, owner, key, owner, owner, Names.otherCases(key));
    }

    /** Adds a memory of a key that has none. */
    static Sql insert(UUID owner, long id, MemoryEntry entry) {
        EntryContext context = EntryContext.of(entry);
        return Sql.of(
                INSERT,
                owner,
                entry.key(),
                id,
                entry.value(),
                metadata(entry),
                MemoryRow.millis(entry.createdAt()),
                MemoryRow.millis(entry.updatedAt()),
                entry.version().stamp(),
                conversation(context),
                saidAt(context),
                MemoryRow.millis(entry.expiresAt()),
                entry.writtenBy(),
                entry.version().stamp());
    }

    /**
     * Replaces the memory of a key, and notes that the index has to learn of it.
     *
     * @param sameText whether the text is the same as before, so that what is known of its meaning stays
     */
    static Sql replace(UUID owner, MemoryEntry entry, boolean sameText, long indexed) {
        EntryContext context = EntryContext.of(entry);
        List<@Nullable Object> arguments = new ArrayList<>(Arrays.asList(
                entry.value(),
                metadata(entry),
                MemoryRow.millis(entry.createdAt()),
                MemoryRow.millis(entry.updatedAt()),
                entry.version().stamp(),
                conversation(context),
                saidAt(context),
                MemoryRow.millis(entry.expiresAt()),
                entry.writtenBy(),
                entry.version().stamp(),
                owner,
                entry.key()));
        if (!sameText) {
            arguments.add(owner);
        }
        arguments.add(indexed);
        return new Sql(sameText ? KEEP_TEXT : REPLACE, Collections.unmodifiableList(arguments));
    }

    private static String metadata(MemoryEntry entry) {
        return entry.metadata().isEmpty() ? "{}" : Json.write(entry.metadata());
    }

    /** A conversation's name, short enough to stand in every row. */
    private static @Nullable Long conversation(EntryContext context) {
        String name = context.session();
        return name == null
                ? null
                : (Long) UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                        .getMostSignificantBits();
    }

    private static long saidAt(EntryContext context) {
        Instant time = context.time();
        return time == null ? 0 : time.toEpochMilli();
    }

    /** Deletes the memory of a key, and notes that the index has to learn of it. */
    static Sql delete(UUID owner, String key, long indexed) {
        return Sql.of(DELETE, owner, key, owner, indexed);
    }

    /** Remembers the delete of a key. */
    static Sql remember(UUID owner, String key, HlcTimestamp version) {
        return Sql.of(REMEMBER, owner, key, version.stamp(), version.stamp());
    }

    /** Forgets the delete of a key. */
    static Sql forget(UUID owner, String key) {
        return Sql.of("DELETE FROM unified_memory.tombstone WHERE owner = ? AND key = ?", owner, key);
    }

    /** Deletes all memories of a user up to a version; returns how many. */
    static Sql deleteAll(UUID owner, HlcTimestamp version, long indexed) {
        return Sql.of(DELETE_ALL, owner, version.stamp(), owner, indexed);
    }

    /** Remembers the delete of all memories, in which those of the keys that it covers are contained. */
    static Sql rememberAll(UUID owner, HlcTimestamp version) {
        return Sql.of(REMEMBER_ALL, owner, version.stamp());
    }

    /** Forgets the deletes of keys that the delete of all memories covers. */
    static Sql forgetCovered(UUID owner, HlcTimestamp version) {
        return Sql.of("DELETE FROM unified_memory.tombstone WHERE owner = ? AND version <= ?", owner, version.stamp());
    }

    /** The version of the delete of all memories; 0 when there was none. */
    static Sql deleteOfAll(UUID owner) {
        return Sql.of("SELECT coalesce(max(version), 0) FROM unified_memory.user_tombstone WHERE owner = ?", owner);
    }

    /** The version itself, if keys are remembered that were deleted in it; 0 when there are none. */
    static Sql deletesMadeIn(UUID owner, HlcTimestamp version) {
        return Sql.of(
                "SELECT coalesce(max(made), 0) FROM unified_memory.tombstone WHERE owner = ? AND made = ?",
                owner,
                version.stamp());
    }

    /** The newest version of a user's memories; 0 when there are none. */
    static Sql newestVersion(UUID owner) {
        return Sql.of(SURVIVOR, owner);
    }

    /**
     * Deletes old memories; returns how many. Each key is remembered as deleted in the version that was removed, so that
     * a newer one, wherever it is, stays.
     */
    static Sql expire(UUID owner, long cutoffMillis, HlcTimestamp version, long indexed) {
        return Sql.of(EXPIRE, owner, cutoffMillis, version.stamp(), version.stamp(), owner, indexed);
    }

    /** The newest version of the memories older than a time; 0 when there are none. */
    static Sql newestVersionBefore(UUID owner, long cutoffMillis) {
        return Sql.of(SURVIVOR + " AND updated_at < ?", owner, cutoffMillis);
    }

    /** A page by key, with one row more than asked for. */
    static Sql list(UUID owner, ListRequest request) {
        return Sql.of(
                "SELECT " + MemoryRow.COLUMNS
                        + " FROM unified_memory.memory WHERE owner = ? AND key > ? ORDER BY key LIMIT ?",
                owner,
                request.afterKey() == null ? "" : request.afterKey(),
                request.limit() + 1L);
    }

    /**
     * The number of a user's memories that have not expired.
     *
     * @param now an expression for the time in milliseconds
     */
    static Sql count(UUID owner, String now) {
        return Sql.of(
                "SELECT count(*) - (SELECT count(*) FROM unified_memory.memory"
                        + " WHERE owner = ? AND stamped = version AND expires_at <= " + now + ")"
                        + " FROM unified_memory.memory WHERE owner = ?",
                owner,
                owner);
    }

    /** Memories that expire by a time, of any user, those that expire first at the beginning. */
    static Sql expiring(long millis, int limit) {
        return Sql.of(
                "SELECT a.user_id, m.key, m.version, m.expires_at FROM unified_memory.memory m"
                        + " JOIN unified_memory.account a ON a.owner = m.owner"
                        + " WHERE m.expires_at <= ? AND m.stamped = m.version ORDER BY m.expires_at LIMIT ?",
                millis,
                limit);
    }

    /** The most recently updated memories behind an offset, those without a time last. */
    static Sql newest(UUID owner, int limit, int offset) {
        return Sql.of(
                "SELECT " + MemoryRow.COLUMNS + " FROM unified_memory.memory WHERE owner = ?"
                        + " ORDER BY updated_at DESC NULLS LAST, version DESC, key LIMIT ? OFFSET ?",
                owner,
                limit,
                offset);
    }

    /** The users behind one who have a memory or a remembered delete. */
    static Sql users(String after, int limit) {
        return Sql.of(
                "SELECT user_id FROM unified_memory.account a WHERE user_id > ? AND ("
                        + "EXISTS (SELECT 1 FROM unified_memory.memory m WHERE m.owner = a.owner)"
                        + " OR EXISTS (SELECT 1 FROM unified_memory.tombstone t WHERE t.owner = a.owner)"
                        + " OR EXISTS (SELECT 1 FROM unified_memory.user_tombstone u WHERE u.owner = a.owner))"
                        + " ORDER BY user_id LIMIT ?",
                after,
                limit);
    }

    /** How many users have ever had a memory. */
    static Sql countUsers() {
        return Sql.of("SELECT count(*) FROM unified_memory.account");
    }
}
