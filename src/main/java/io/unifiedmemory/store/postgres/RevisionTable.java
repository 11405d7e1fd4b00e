package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.How;
import io.unifiedmemory.memory.Revision.Position;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.TakenRevisions;
import io.unifiedmemory.store.postgres.db.MemoryRow;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Sql;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What keys held before, in SQL. A revision is copied within the database, from the row that is about to be replaced or
 * deleted. Thread-safe.
 */
final class RevisionTable {

    private static final String INTO =
            "INSERT INTO unified_memory.revision (owner, key, n, value, metadata, created_at,"
                    + " updated_at, version, expires_at, written_by, ended_at, how, bytes)"
                    + " SELECT m.owner, m.key, 1 + coalesce((SELECT max(r.n) FROM unified_memory.revision r"
                    + " WHERE r.owner = m.owner AND r.key = m.key), 0), m.value, m.metadata, m.created_at, m.updated_at, m.version,"
                    + " CASE WHEN m.stamped = m.version THEN m.expires_at END,"
                    + " CASE WHEN m.stamped = m.version THEN m.written_by END, ";

    private static final String FROM =
            ", octet_length(m.value) + octet_length(m.metadata) FROM unified_memory.memory m WHERE m.owner = ?";

    private static final String FITS = " AND octet_length(m.value) + octet_length(m.metadata) <= ?";

    private static final String BOUND_ALL = "DELETE FROM unified_memory.revision WHERE owner = ? AND n <= ("
            + "SELECT max(r.n) FROM unified_memory.revision r"
            + " WHERE r.owner = unified_memory.revision.owner AND r.key = unified_memory.revision.key) - ?";

    private static final String BOUND_BYTES = "DELETE FROM unified_memory.revision WHERE owner = ? AND (key, n) IN ("
            + "SELECT r.key, r.n FROM (SELECT t.key, t.n,"
            + " sum(t.bytes) OVER (ORDER BY t.ended_at DESC, t.key DESC, t.n DESC) AS total"
            + " FROM unified_memory.revision t WHERE t.owner = ?) r WHERE r.total > ?)";

    private static final String EXCESS = "DELETE FROM unified_memory.revision WHERE (owner, key, n) IN ("
            + "SELECT r.owner, r.key, r.n FROM (SELECT t.owner, t.key, t.n,"
            + " sum(t.bytes) OVER (PARTITION BY t.owner ORDER BY t.ended_at DESC, t.key DESC, t.n DESC) AS total"
            + " FROM unified_memory.revision t WHERE t.owner IN ("
            + "SELECT u.owner FROM unified_memory.revision u GROUP BY u.owner HAVING sum(u.bytes) > ?)) r"
            + " WHERE r.total > ? LIMIT ?)";

    private static final String COLUMNS = "SELECT key, value, metadata, created_at, updated_at, version, expires_at,"
            + " written_by, version, n, ended_at, how FROM unified_memory.revision WHERE owner = ?";

    private static final String ADD = "INSERT INTO unified_memory.revision (owner, key, n, value, metadata, created_at,"
            + " updated_at, version, expires_at, written_by, ended_at, how, bytes)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** The sum leaves texts behind a long page where they are. */
    private static final String WALK = "SELECT r.key, r.value, r.metadata, r.created_at, r.updated_at, r.version,"
            + " r.expires_at, r.written_by, r.version, r.n, r.ended_at, r.how, greatest("
            + "coalesce((SELECT m.version FROM unified_memory.memory m WHERE m.owner = r.owner AND m.key = r.key), 0),"
            + " coalesce((SELECT t.version FROM unified_memory.tombstone t WHERE t.owner = r.owner AND t.key = r.key), 0),"
            + " coalesce((SELECT u.version FROM unified_memory.user_tombstone u WHERE u.owner = r.owner), 0))"
            + " FROM (SELECT p.owner, p.key, p.value, p.metadata, p.created_at, p.updated_at, p.version,"
            + " p.expires_at, p.written_by, p.n, p.ended_at, p.how, p.bytes,"
            + " sum(p.bytes) OVER (ORDER BY p.key, p.n) AS total"
            + " FROM (SELECT owner, key, value, metadata, created_at, updated_at, version, expires_at, written_by, n,"
            + " ended_at, how, bytes FROM unified_memory.revision WHERE owner = ? AND (key, n) > (?, ?)"
            + " ORDER BY key, n LIMIT ?) p) r WHERE r.total <= ? OR r.total = r.bytes ORDER BY r.key, r.n";

    private static final int WIDTH = 9;

    private final HistoryOptions options;
    private final DatabaseClock clock;

    RevisionTable(HistoryOptions options, DatabaseClock clock) {
        this.options = options;
        this.clock = clock;
    }

    /** Whether anything is kept. Where nothing is, a delete erases what was kept before. */
    boolean isOn() {
        return options.isOn();
    }

    /**
     * Keeps what a key holds. These come before what replaces or deletes it; none where there is no history, or what the
     * key holds is too large for it alone, which would only drive everything else out of it.
     *
     * @param held what it holds
     */
    List<Sql> keep(UUID owner, MemoryEntry held, How how) {
        long bytes = options.isOn() ? bytes(held) : 0;
        if (!options.isOn() || bytes > options.maxBytes()) {
            return List.of();
        }
        String key = held.key();
        Sql kept = Sql.of(
                "WITH kept AS (" + copy(how) + " AND m.key = ? RETURNING n)"
                        + " DELETE FROM unified_memory.revision WHERE owner = ? AND key = ?"
                        + " AND n <= (SELECT max(n) FROM kept) - ?",
                owner,
                key,
                owner,
                key,
                options.maxRevisions());
        return options.isTimeToLook(bytes) ? List.of(kept, boundBytes(owner)) : List.of(kept);
    }

    private static long bytes(MemoryEntry entry) {
        String metadata = entry.metadata().isEmpty() ? "{}" : Json.write(entry.metadata());
        return (long) entry.value().getBytes(StandardCharsets.UTF_8).length
                + metadata.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Keeps all memories of a user up to a version, as far as they fit. The first statement, if any, makes the copies. */
    List<Sql> keepAll(UUID owner, HlcTimestamp version) {
        return many(owner, "", List.of(version.stamp()));
    }

    /** Likewise those that were last updated before a time. */
    List<Sql> keepOld(UUID owner, long cutoffMillis, HlcTimestamp version) {
        return many(owner, " AND m.updated_at < ?", List.of(version.stamp(), cutoffMillis));
    }

    /** The newest that fit, because what does not fit would be erased again at once. */
    private List<Sql> many(UUID owner, String which, List<Long> bounds) {
        if (!options.isOn()) {
            return List.of();
        }
        String all = " AND m.version <= ?" + which + FITS;
        List<Object> arguments = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            arguments.add(owner);
            arguments.addAll(bounds);
            arguments.add(options.maxBytes());
        }
        arguments.add(options.maxBytes());
        String newest =
                " AND m.key IN (SELECT r.key FROM (SELECT m.key, sum(octet_length(m.value) + octet_length(m.metadata))"
                        + " OVER (ORDER BY m.version DESC, m.key DESC) AS total FROM unified_memory.memory m WHERE m.owner = ?";
        Sql copies = new Sql(copy(How.DELETED) + all + newest + all + ") r WHERE r.total <= ?)", arguments);
        return List.of(copies, Sql.of(BOUND_ALL, owner, options.maxRevisions()), boundBytes(owner));
    }

    private String copy(How how) {
        String now = clock.sql();
        String expired =
                "CASE WHEN m.stamped = m.version AND m.expires_at <= " + now + " THEN 'EXPIRED' ELSE 'DELETED' END";
        return INTO + now + ", " + (how == How.DELETED ? expired : "'" + how + "'") + FROM;
    }

    private Sql boundBytes(UUID owner) {
        return Sql.of(BOUND_BYTES, owner, owner, options.maxBytes());
    }

    /** Asks for the time and the highest number of a key, and for its newest revision; see {@link #taken}. */
    List<Sql> held(UUID owner, String key) {
        return List.of(
                Sql.of(
                        "SELECT " + clock.sql() + ", coalesce(max(n), 0) FROM unified_memory.revision"
                                + " WHERE owner = ? AND key = ?",
                        owner,
                        key),
                Sql.of(COLUMNS + " AND key = ? ORDER BY version DESC, n DESC LIMIT 1", owner, key));
    }

    /**
     * Which revisions of another store are taken, as {@code Transaction.keep} says.
     *
     * @param held the answers to {@link #held}
     */
    List<Revision> taken(List<Revision> revisions, List<Result> held) {
        if (!options.isOn()) {
            return List.of();
        }
        Row here = held.get(0).rows().get(0);
        List<Row> newest = held.get(1).rows();
        return TakenRevisions.of(
                revisions,
                newest.isEmpty()
                        ? null
                        : MemoryRow.entry(
                                newest.get(0), 1, revisions.get(0).entry().userId()),
                (int) here.number(2),
                options,
                Instant.ofEpochMilli(here.number(1)));
    }

    /** Adds revisions of one key, and keeps the bounds. */
    List<Sql> add(UUID owner, List<Revision> revisions) {
        List<Sql> added = new ArrayList<>();
        long bytes = 0;
        for (Revision one : revisions) {
            MemoryEntry entry = one.entry();
            long size = bytes(entry);
            bytes += size;
            String metadata = entry.metadata().isEmpty() ? "{}" : Json.write(entry.metadata());
            added.add(Sql.of(
                    ADD,
                    owner,
                    entry.key(),
                    one.number(),
                    entry.value(),
                    metadata,
                    MemoryRow.millis(entry.createdAt()),
                    MemoryRow.millis(entry.updatedAt()),
                    entry.version().stamp(),
                    MemoryRow.millis(entry.expiresAt()),
                    entry.writtenBy(),
                    one.endedAt().toEpochMilli(),
                    one.how().name(),
                    size));
        }
        Revision last = revisions.isEmpty() ? null : revisions.get(revisions.size() - 1);
        if (last != null && last.number() > options.maxRevisions()) {
            added.add(Sql.of(
                    "DELETE FROM unified_memory.revision WHERE owner = ? AND key = ? AND n <= ?",
                    owner,
                    last.entry().key(),
                    last.number() - options.maxRevisions()));
        }
        if (options.isTimeToLook(bytes)) {
            added.add(boundBytes(owner));
        }
        return added;
    }

    /** Erases what a key held up to a version. */
    static Sql erase(UUID owner, String key, HlcTimestamp version) {
        return Sql.of(
                "DELETE FROM unified_memory.revision WHERE owner = ? AND key = ? AND version <= ?",
                owner,
                key,
                version.stamp());
    }

    /** Erases what all keys of a user held up to a version. */
    static Sql eraseAll(UUID owner, HlcTimestamp version) {
        return Sql.of("DELETE FROM unified_memory.revision WHERE owner = ? AND version <= ?", owner, version.stamp());
    }

    /** Erases what the keys held whose memories were last updated before a time, up to a version. */
    static Sql eraseOld(UUID owner, long cutoffMillis, HlcTimestamp version) {
        return Sql.of(
                "DELETE FROM unified_memory.revision WHERE owner = ? AND version <= ? AND key IN ("
                        + "SELECT m.key FROM unified_memory.memory m"
                        + " WHERE m.owner = ? AND m.updated_at < ? AND m.version <= ?)",
                owner,
                version.stamp(),
                owner,
                cutoffMillis,
                version.stamp());
    }

    /** See {@code History.forget}. By the clock of the database, as a question of its own that the index can be asked with. */
    Sql forget(int limit) {
        return Sql.of(
                "DELETE FROM unified_memory.revision WHERE (owner, key, n) IN ("
                        + "SELECT r.owner, r.key, r.n FROM unified_memory.revision r WHERE r.ended_at < (SELECT "
                        + clock.sql() + " - ?) ORDER BY r.ended_at LIMIT ?)",
                options.retention().toMillis(),
                limit);
    }

    /** See {@code History.forgetExcess}. */
    Sql forgetExcess(int limit) {
        return Sql.of(EXCESS, options.maxBytes(), options.maxBytes(), limit);
    }

    /** See {@code History.list}. */
    static Sql list(UUID owner, @Nullable String key, @Nullable Position after, int limit) {
        if (key != null) {
            return Sql.of(
                    COLUMNS + " AND key = ? AND n < ? ORDER BY n DESC LIMIT ?",
                    owner,
                    key,
                    after == null ? Integer.MAX_VALUE : after.number(),
                    limit);
        }
        return Sql.of(
                COLUMNS + " AND (ended_at, key, n) < (?, ?, ?) ORDER BY ended_at DESC, key DESC, n DESC LIMIT ?",
                owner,
                after == null ? Long.MAX_VALUE : after.endedAt().toEpochMilli(),
                after == null ? "" : after.key(),
                after == null ? 0 : after.number(),
                limit);
    }

    /** See {@code History.walk}. */
    static Sql walk(UUID owner, @Nullable Position after, int limit, long maxChars) {
        return Sql.of(
                WALK, owner, after == null ? "" : after.key(), after == null ? 0 : after.number(), limit, maxChars);
    }

    /** Reads a row of {@link #walk}. */
    static KeptRevision kept(Row row, String userId) {
        return new KeptRevision(revision(row, userId), new HlcTimestamp(row.number(WIDTH + 4)));
    }

    /** See {@code History.find}. */
    static Sql find(UUID owner, String key, int number) {
        return Sql.of(COLUMNS + " AND key = ? AND n = ?", owner, key, number);
    }

    /** Reads a row of {@link #list} or {@link #find}. */
    static Revision revision(Row row, String userId) {
        return new Revision(
                (int) row.number(WIDTH + 1),
                MemoryRow.entry(row, 1, userId),
                Instant.ofEpochMilli(row.number(WIDTH + 2)),
                How.valueOf(row.text(WIDTH + 3)));
    }
}
