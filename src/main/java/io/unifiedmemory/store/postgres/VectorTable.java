package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.spi.VectorStore.Vector;
import io.unifiedmemory.memory.spi.VectorStore.Waiting;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.List;
import java.util.UUID;

/**
 * The statements about vectors. Whoever keeps a vector holds the row of the user, see {@link AccountTable}, as whoever
 * replaces or deletes the text does. Stateless.
 */
final class VectorTable {

    private static final String USE = "INSERT INTO unified_memory.vector_model AS m (name, used_at) VALUES (?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET used_at = excluded.used_at WHERE m.used_at < ?";

    /** The users of a part of all whose memories are not done, some of them. */
    private static final String BEHIND = "SELECT a.owner, a.user_id, coalesce(p.done, 0)"
            + " FROM (SELECT owner, user_id, last_id FROM unified_memory.account WHERE owner > ? ORDER BY owner LIMIT ?) a"
            + " LEFT JOIN unified_memory.vector_progress p ON p.owner = a.owner AND p.model = ?"
            + " WHERE a.last_id > coalesce(p.done, 0) AND EXISTS (SELECT 1 FROM unified_memory.memory m"
            + " WHERE m.owner = a.owner AND m.id > coalesce(p.done, 0)) ORDER BY a.owner LIMIT ?";

    private static final String END_OF_PART =
            "SELECT owner FROM unified_memory.account WHERE owner > ? ORDER BY owner LIMIT 1 OFFSET ?";

    private static final String NEXT =
            "SELECT id, key, value FROM unified_memory.memory WHERE owner = ? AND id > ? ORDER BY id LIMIT ?";

    private static final String REPLACED = "SELECT a.user_id, m.id, m.key, m.value FROM unified_memory.memory_vector v"
            + " JOIN unified_memory.memory m ON m.owner = v.owner AND m.id = v.id"
            + " JOIN unified_memory.account a ON a.owner = v.owner"
            + " WHERE v.vector IS NULL AND v.model = ? ORDER BY v.owner, v.id LIMIT ?";

    private static final String COUNT = "SELECT count(*) FROM unified_memory.memory m WHERE NOT EXISTS ("
            + "SELECT 1 FROM unified_memory.memory_vector v WHERE v.owner = m.owner AND v.id = m.id AND v.model = ?"
            + " AND v.vector IS NOT NULL)";

    /** A memory that was replaced meanwhile gets a row, so that it is not forgotten when those after it are done. */
    private static final String KEEP = "INSERT INTO unified_memory.memory_vector (owner, id, model, vector)"
            + " SELECT owner, id, CAST(? AS text), CASE WHEN key = ? AND value = ? THEN CAST(? AS bytea) END"
            + " FROM unified_memory.memory WHERE owner = ? AND id = ?"
            + " ON CONFLICT (owner, id, model) DO UPDATE SET vector = excluded.vector";

    /** Not where one of those up to there has no row: somebody else has forgotten the model meanwhile. */
    private static final String DONE = "INSERT INTO unified_memory.vector_progress AS p (owner, model, done)"
            + " SELECT a.owner, CAST(? AS text), CAST(? AS bigint) FROM unified_memory.account a WHERE a.owner = ?"
            + " AND NOT EXISTS (SELECT 1 FROM unified_memory.memory m WHERE m.owner = a.owner AND m.id <= ?"
            + " AND m.id > coalesce((SELECT u.done FROM unified_memory.vector_progress u"
            + " WHERE u.owner = a.owner AND u.model = ?), 0) AND NOT EXISTS ("
            + "SELECT 1 FROM unified_memory.memory_vector v WHERE v.owner = m.owner AND v.id = m.id AND v.model = ?))"
            + " ON CONFLICT (owner, model) DO UPDATE SET done = greatest(p.done, excluded.done)";

    private static final String PART =
            "(SELECT owner FROM unified_memory.account WHERE owner > ? ORDER BY owner LIMIT ?)";

    private VectorTable() {}

    /**
     * A part of a statement that has changed memories of a user: their texts leave no vectors, and they wait for others.
     *
     * @param changed the name of their numbers in the statement; the only parameter is the user
     */
    static String clear(String changed) {
        return "cleared AS (UPDATE unified_memory.memory_vector SET vector = NULL WHERE owner = ? AND id IN"
                + " (SELECT id FROM " + changed + "))";
    }

    /** The same where the memories are gone. */
    static String remove(String gone) {
        return "cleared AS (DELETE FROM unified_memory.memory_vector WHERE owner = ? AND id IN (SELECT id FROM " + gone
                + "))";
    }

    /** Notes the use of a model, unless it was noted after a time. */
    static Sql use(String model, long now, long noted) {
        return Sql.of(USE, model, now, noted);
    }

    /** The models that were used last before a time. */
    static Sql unusedSince(long time) {
        return Sql.of("SELECT name FROM unified_memory.vector_model WHERE used_at < ?", time);
    }

    /** Finds the model, if it is in use. */
    static Sql model(String model) {
        return Sql.of("SELECT name FROM unified_memory.vector_model WHERE name = ?", model);
    }

    /** The users behind one, as many as make a part, of whom memories wait that are not done: with how far they are. */
    static Sql behind(String model, UUID after, int part, int most) {
        return Sql.of(BEHIND, after, part, model, most);
    }

    /** The last user of such a part; none where it is the last part. */
    static Sql endOfPart(UUID after, int part) {
        return Sql.of(END_OF_PART, after, part - 1);
    }

    /** The memories of a user above a number. */
    static Sql next(UUID owner, long done, int most) {
        return Sql.of(NEXT, owner, done, most);
    }

    /** The memories that were replaced, of all users. */
    static Sql replaced(String model, int most) {
        return Sql.of(REPLACED, model, most);
    }

    /** How many memories have no vector. */
    static Sql count(String model) {
        return Sql.of(COUNT, model);
    }

    /** Keeps a vector. */
    static Sql keep(String model, Vector vector) {
        Waiting of = vector.of();
        return Sql.of(KEEP, model, of.key(), of.value(), vector.bytes(), Owners.of(of.userId()), of.id());
    }

    /** All memories of a user up to a number have rows. */
    static Sql done(UUID owner, String model, long id) {
        return Sql.of(DONE, model, id, owner, id, model, model);
    }

    /** The vectors of some of a user's memories, by number. */
    static Sql of(UUID owner, String model, List<Long> ids) {
        return Sql.of(
                "SELECT id, vector FROM unified_memory.memory_vector"
                        + " WHERE owner = ? AND id = ANY (?) AND model = ? AND vector IS NOT NULL",
                owner,
                ids,
                model);
    }

    /** Removes the model, so that no more of its vectors are kept. */
    static Sql removeModel(String model) {
        return Sql.of("DELETE FROM unified_memory.vector_model WHERE name = ?", model);
    }

    /** Removes the vectors of a part of the users. */
    static List<Sql> removePart(String model, UUID after, int part) {
        return List.of(
                Sql.of(
                        "DELETE FROM unified_memory.memory_vector WHERE owner IN " + PART + " AND model = ?",
                        after,
                        part,
                        model),
                Sql.of(
                        "DELETE FROM unified_memory.vector_progress WHERE owner IN " + PART + " AND model = ?",
                        after,
                        part,
                        model));
    }
}
