package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.How;
import io.unifiedmemory.memory.Revision.Position;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.TakenRevisions;
import io.unifiedmemory.store.sqlite.db.ErasureNote;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.MemoryRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What keys held before, in SQL. A revision is copied within the file, from the row that is about to be replaced or deleted.
 * Works within the transaction of its caller. Thread-safe.
 */
final class RevisionTable {

    /** One that keeps nothing. */
    static final RevisionTable NONE = new RevisionTable(HistoryOptions.OFF, Clock.systemUTC());

    private static final String COPY = """
            INSERT INTO revision (user_id, key, n, value, metadata, created_at, updated_at, version, expires_at,
                written_by, ended_at, how, bytes)
            SELECT user_id, key,
                1 + coalesce((SELECT max(n) FROM revision r WHERE r.user_id = m.user_id AND r.key = m.key), 0),
                value, metadata, created_at, updated_at, version, iif(stamped = version, expires_at, NULL),
                iif(stamped = version, written_by, NULL), ?1,
                iif(?2 = 'DELETED' AND stamped = version AND expires_at <= ?1, 'EXPIRED', ?2),
                octet_length(value) + octet_length(metadata)
            FROM memory m WHERE user_id = ?3""";

    /** A text that is too large for the history alone would only drive everything else out of it. */
    private static final String FITS = " AND octet_length(value) + octet_length(metadata) <= ?5";

    private static final String COPY_ONE = COPY + " AND key = ?4" + FITS + " RETURNING n, bytes";

    private static final String COPY_ALL = copyMany("");

    private static final String COPY_OLD = copyMany(" AND updated_at < ?6");

    /** Copies the newest that fit, because what does not fit would be erased again at once. */
    private static String copyMany(String which) {
        String all = " AND version <= ?4" + which + FITS;
        return COPY + all + " AND id IN (SELECT id FROM (SELECT id, sum(octet_length(value) + octet_length(metadata))"
                + " OVER (ORDER BY version DESC, key DESC) AS total FROM memory WHERE user_id = ?3" + all
                + ") WHERE total <= ?5)";
    }

    private static final String BOUND_ONE = "DELETE FROM revision WHERE user_id = ?1 AND key = ?2 AND n <= ?3";

    private static final String BOUND_ALL = """
            DELETE FROM revision WHERE user_id = ?1 AND n <= ?2 + (
                SELECT max(n) FROM revision r WHERE r.user_id = revision.user_id AND r.key = revision.key)""";

    private static final String BOUND_BYTES = """
            DELETE FROM revision WHERE user_id = ?1 AND (key, n) IN (
                SELECT key, n FROM (
                    SELECT key, n, sum(bytes) OVER (ORDER BY ended_at DESC, key DESC, n DESC) AS kept
                    FROM revision WHERE user_id = ?1)
                WHERE kept > ?2)""";

    private static final String EXCESS = """
            SELECT user_id, key, n, ended_at FROM (
                SELECT user_id, key, n, ended_at,
                    sum(bytes) OVER (PARTITION BY user_id ORDER BY ended_at DESC, key DESC, n DESC) AS kept
                FROM revision
                WHERE user_id IN (SELECT user_id FROM revision GROUP BY user_id HAVING sum(bytes) > ?1))
            WHERE kept > ?1 LIMIT ?2""";

    private static final String ENDED = "SELECT user_id, key, n, ended_at FROM revision WHERE ended_at < ?1 LIMIT ?2";

    /** Numbers begin anew when all revisions of a key were erased. */
    private static final String FORGET_ONE =
            "DELETE FROM revision WHERE user_id = ?1 AND key = ?2 AND n = ?3 AND ended_at = ?4";

    private static final String FIELDS =
            "key, value, metadata, created_at, updated_at, version, expires_at, written_by,"
                    + " version, n, ended_at, how";

    private static final String COLUMNS = FIELDS + " FROM revision WHERE user_id = ?1";

    private static final String LIST_KEY = "SELECT " + COLUMNS + " AND key = ?2 AND n < ?3 ORDER BY n DESC LIMIT ?4";

    private static final String LIST_ALL = "SELECT " + COLUMNS
            + " AND (ended_at, key, n) < (?2, ?3, ?4) ORDER BY ended_at DESC, key DESC, n DESC LIMIT ?5";

    private static final String WALK = "SELECT " + FIELDS + """
            , max(
                coalesce((SELECT version FROM memory m WHERE m.user_id = r.user_id AND m.key = r.key), 0),
                coalesce((SELECT version FROM tombstone t WHERE t.user_id = r.user_id AND t.key = r.key), 0),
                coalesce((SELECT version FROM user_tombstone u WHERE u.user_id = r.user_id), 0))
            FROM revision r WHERE user_id = ?1 AND (key, n) > (?2, ?3) ORDER BY key, n LIMIT ?4""";

    private static final String ADD = """
            INSERT INTO revision (user_id, key, n, value, metadata, created_at, updated_at, version, expires_at,
                written_by, ended_at, how, bytes)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, octet_length(?4) + octet_length(?5))
            RETURNING bytes""";

    private final HistoryOptions options;
    private final Clock clock;

    RevisionTable(HistoryOptions options, Clock clock) {
        this.options = options;
        this.clock = clock;
    }

    /** Whether anything is kept. Where nothing is, a delete erases what was kept before. */
    boolean isOn() {
        return options.isOn();
    }

    /** Keeps what the table holds under a key, if anything; returns how many. Call this before it is replaced or deleted. */
    int keep(Handle tx, String userId, String key, How how) throws SQLException {
        if (!options.isOn()) {
            return 0;
        }
        int number;
        long bytes;
        try (ResultSet row = tx.query(COPY_ONE, clock.millis(), how.name(), userId, key, options.maxBytes())) {
            if (!row.next()) {
                return 0;
            }
            number = row.getInt(1);
            bytes = row.getLong(2);
        }
        bound(tx, userId, key, number, bytes);
        return 1;
    }

    /** Keeps the bounds after revisions of a key were added, of which the last has this number. */
    private void bound(Handle tx, String userId, String key, int number, long bytes) throws SQLException {
        if (number > options.maxRevisions()) {
            erased(tx, tx.update(BOUND_ONE, userId, key, number - options.maxRevisions()));
        }
        if (options.isTimeToLook(bytes)) {
            boundBytes(tx, userId);
        }
    }

    /** See {@code Transaction.keep}. */
    int keep(Handle tx, List<Revision> revisions) throws SQLException {
        if (!options.isOn()) {
            return 0;
        }
        String userId = revisions.get(0).entry().userId();
        String key = revisions.get(0).entry().key();
        int held = (int)
                tx.number("SELECT coalesce(max(n), 0) FROM revision WHERE user_id = ?1 AND key = ?2", userId, key);
        MemoryEntry newest = held == 0 ? null : newest(tx, userId, key);
        List<Revision> taken = TakenRevisions.of(revisions, newest, held, options, clock.instant());
        long bytes = 0;
        for (Revision one : taken) {
            bytes += add(tx, one);
        }
        bound(tx, userId, key, held + taken.size(), bytes);
        return taken.size();
    }

    private static @Nullable MemoryEntry newest(Handle tx, String userId, String key) throws SQLException {
        try (ResultSet row =
                tx.query("SELECT " + COLUMNS + " AND key = ?2 ORDER BY version DESC, n DESC LIMIT 1", userId, key)) {
            return row.next() ? MemoryRow.entry(row, userId) : null;
        }
    }

    /** Returns how many bytes it has. */
    private static long add(Handle tx, Revision revision) throws SQLException {
        MemoryEntry entry = revision.entry();
        try (ResultSet row = tx.query(
                ADD,
                entry.userId(),
                entry.key(),
                revision.number(),
                entry.value(),
                entry.metadata().isEmpty() ? "{}" : Json.write(entry.metadata()),
                MemoryRow.millis(entry.createdAt()),
                MemoryRow.millis(entry.updatedAt()),
                entry.version().stamp(),
                MemoryRow.millis(entry.expiresAt()),
                entry.writtenBy(),
                revision.endedAt().toEpochMilli(),
                revision.how().name())) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Keeps all memories of a user up to a version, as far as they fit; returns how many. Call this before they are deleted. */
    int keepAll(Handle tx, String userId, HlcTimestamp version) throws SQLException {
        return options.isOn()
                ? kept(
                        tx,
                        userId,
                        tx.update(
                                COPY_ALL,
                                clock.millis(),
                                How.DELETED.name(),
                                userId,
                                version.stamp(),
                                options.maxBytes()))
                : 0;
    }

    /** Likewise those that were last updated before a time. */
    int keepOld(Handle tx, String userId, long cutoffMillis, HlcTimestamp version) throws SQLException {
        return options.isOn()
                ? kept(
                        tx,
                        userId,
                        tx.update(
                                COPY_OLD,
                                clock.millis(),
                                How.DELETED.name(),
                                userId,
                                version.stamp(),
                                options.maxBytes(),
                                cutoffMillis))
                : 0;
    }

    private int kept(Handle tx, String userId, int copies) throws SQLException {
        if (copies > 0) {
            erased(tx, tx.update(BOUND_ALL, userId, -options.maxRevisions()));
            boundBytes(tx, userId);
        }
        return copies;
    }

    private void boundBytes(Handle tx, String userId) throws SQLException {
        erased(tx, tx.update(BOUND_BYTES, userId, options.maxBytes()));
    }

    /** Erases what a key held up to a version. */
    static void erase(Handle tx, String userId, String key, HlcTimestamp version) throws SQLException {
        erased(
                tx,
                tx.update(
                        "DELETE FROM revision WHERE user_id = ?1 AND key = ?2 AND version <= ?3",
                        userId,
                        key,
                        version.stamp()));
    }

    /** Erases what all keys of a user held up to a version. */
    static void eraseAll(Handle tx, String userId, HlcTimestamp version) throws SQLException {
        erased(tx, tx.update("DELETE FROM revision WHERE user_id = ?1 AND version <= ?2", userId, version.stamp()));
    }

    /** Erases what the keys held whose memories were last updated before a time, up to a version. */
    static void eraseOld(Handle tx, String userId, long cutoffMillis, HlcTimestamp version) throws SQLException {
        erased(
                tx,
                tx.update(
                        "DELETE FROM revision WHERE user_id = ?1 AND version <= ?3 AND key IN (SELECT key FROM memory"
                                + " WHERE user_id = ?1 AND updated_at < ?2 AND version <= ?3)",
                        userId,
                        cutoffMillis,
                        version.stamp()));
    }

    /** Where a revision stands. */
    record Place(String userId, String key, int number, long endedMillis) {}

    /** Revisions that ended before a time. To find them the whole table is read, so call this outside of a write. */
    static List<Place> ended(Handle handle, long millis, int limit) throws SQLException {
        return places(handle, ENDED, millis, limit);
    }

    /** The revisions that are too much, as {@code History.forgetExcess} says; likewise. */
    static List<Place> excess(Handle handle, long maxBytes, int limit) throws SQLException {
        return places(handle, EXCESS, maxBytes, limit);
    }

    private static List<Place> places(Handle handle, String sql, long bound, int limit) throws SQLException {
        List<Place> places = new ArrayList<>();
        try (ResultSet rows = handle.query(sql, bound, limit)) {
            while (rows.next()) {
                places.add(new Place(rows.getString(1), rows.getString(2), rows.getInt(3), rows.getLong(4)));
            }
        }
        return places;
    }

    /** Erases those of the revisions that are still there; returns how many. */
    static int forget(Handle tx, List<Place> places) throws SQLException {
        int forgotten = 0;
        for (Place place : places) {
            forgotten += tx.update(FORGET_ONE, place.userId(), place.key(), place.number(), place.endedMillis());
        }
        erased(tx, forgotten);
        return forgotten;
    }

    private static void erased(Handle tx, int rows) throws SQLException {
        if (rows > 0) {
            ErasureNote.note(tx);
        }
    }

    /** See {@code History.list}. */
    static List<Revision> list(
            Handle handle, String userId, @Nullable String key, @Nullable Position after, int limit, long maxChars)
            throws SQLException {
        List<Revision> revisions = new ArrayList<>();
        try (ResultSet rows = rows(handle, userId, key, after, limit)) {
            for (long chars = 0; rows.next(); ) {
                Revision revision = revision(rows, userId);
                chars += revision.entry().value().length();
                if (chars > maxChars && !revisions.isEmpty()) {
                    break;
                }
                revisions.add(revision);
            }
        }
        return revisions;
    }

    /** See {@code History.walk}. */
    static List<KeptRevision> walk(Handle handle, String userId, @Nullable Position after, int limit, long maxChars)
            throws SQLException {
        List<KeptRevision> revisions = new ArrayList<>();
        try (ResultSet rows = handle.query(
                WALK, userId, after == null ? "" : after.key(), after == null ? 0 : after.number(), limit)) {
            for (long chars = 0; rows.next(); ) {
                Revision revision = revision(rows, userId);
                chars += revision.entry().value().length();
                if (chars > maxChars && !revisions.isEmpty()) {
                    break;
                }
                revisions.add(new KeptRevision(revision, new HlcTimestamp(rows.getLong(MemoryRow.WIDTH + 4))));
            }
        }
        return revisions;
    }

    private static ResultSet rows(
            Handle handle, String userId, @Nullable String key, @Nullable Position after, int limit)
            throws SQLException {
        if (key != null) {
            return handle.query(LIST_KEY, userId, key, after == null ? Integer.MAX_VALUE : after.number(), limit);
        }
        return handle.query(
                LIST_ALL,
                userId,
                after == null ? Long.MAX_VALUE : after.endedAt().toEpochMilli(),
                after == null ? "" : after.key(),
                after == null ? 0 : after.number(),
                limit);
    }

    /** See {@code History.find}; empty when it is not there. */
    static List<Revision> find(Handle handle, String userId, String key, int number) throws SQLException {
        try (ResultSet row = handle.query("SELECT " + COLUMNS + " AND key = ?2 AND n = ?3", userId, key, number)) {
            return row.next() ? List.of(revision(row, userId)) : List.of();
        }
    }

    private static Revision revision(ResultSet row, String userId) throws SQLException {
        return new Revision(
                row.getInt(MemoryRow.WIDTH + 1),
                MemoryRow.entry(row, userId),
                Instant.ofEpochMilli(row.getLong(MemoryRow.WIDTH + 2)),
                How.valueOf(row.getString(MemoryRow.WIDTH + 3)));
    }
}
