package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.Outbox;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.OutboxEntry.Scope;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.Origin;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The outbox in the database file, in the transactions of the memories. Thread-safe. */
public final class SqliteOutbox implements Outbox {

    private static final String OWE = """
            INSERT INTO outbox
                (backend, user_id, scope, key, operation, version, payload, attempts, due_at, dead, busy_until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, 0, ?8)
            ON CONFLICT (user_id, scope, key, backend) DO UPDATE
            SET operation = CASE WHEN operation IN ('FORGET', 'FORGET_ALL') AND excluded.operation <> 'STORE'
                    THEN operation ELSE excluded.operation END,
                version = excluded.version, payload = excluded.payload,
                attempts = 0, due_at = excluded.due_at, dead = 0, error = NULL, busy_until = excluded.busy_until
            WHERE excluded.version > version
               OR (excluded.version = version AND (operation = 'STORE' OR excluded.operation <> 'STORE'))""";

    private static final String THIS = "backend = ?1 AND user_id = ?2 AND scope = ?3 AND key = ?4";

    /** A claim that ends later than any can now was made before the clock was set back. */
    private static final String CLAIM = "UPDATE outbox SET due_at = ?8, busy_until = ?8 WHERE " + THIS
            + " AND version = ?5 AND operation = ?6 AND dead = 0 AND (busy_until <= ?7 OR busy_until > ?8)";

    /** What waited for a write that is confirmed now need not wait any longer. */
    private static final String FOLLOW = "UPDATE outbox SET due_at = min(due_at, ?7), busy_until = 0 WHERE " + THIS
            + " AND version > ?5 AND busy_until = ?6";

    /** The plus signs keep SQLite from walking through all of the backend instead of the few rows of the user. */
    private static final String BUSY_WITH_KEY = "SELECT coalesce(max(busy_until), 0) FROM ("
            + "SELECT busy_until FROM outbox"
            + " WHERE user_id = ?2 AND scope = 'KEY' AND key = ?3 AND backend = ?1 AND version <> ?4 AND dead = 0"
            + " UNION ALL SELECT busy_until FROM outbox WHERE user_id = ?2 AND scope IN ('AGE', 'USER')"
            + " AND +backend = ?1 AND version <> ?4 AND dead = 0)";

    private static final String BUSY_WITH_USER = "SELECT coalesce(max(busy_until), 0) FROM outbox"
            + " WHERE user_id = ?2 AND +backend = ?1 AND version <> ?3 AND dead = 0";

    /** Jumps from one backend's rows to the next one's instead of reading all. */
    private static final String BACKENDS = """
            WITH RECURSIVE found (backend) AS (
                SELECT min(backend) FROM outbox
                UNION ALL
                SELECT (SELECT min(backend) FROM outbox WHERE backend > found.backend) FROM found
                WHERE backend IS NOT NULL
            )
            SELECT backend FROM found WHERE backend IS NOT NULL""";

    private final SqliteDatabase database;
    private final Clock clock;
    private final MemoryTable memories = new MemoryTable();

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
    public <T extends @Nullable Object> T write(Supplier<T> write, Function<T, Collection<OutboxEntry>> owed) {
        T written = database.write(tx -> {
            T result = write.get();
            for (OutboxEntry one : owed.apply(result)) {
                owe(tx, one);
            }
            return result;
        });
        database.textMayBeGone();
        return written;
    }

    private static void owe(Handle tx, OutboxEntry owed) throws SQLException {
        if (owed.operation().scope() == Scope.USER) {
            String covered = owed.operation().forgets() ? "" : " AND operation NOT IN ('FORGET', 'FORGET_ALL')";
            tx.update(
                    "DELETE FROM outbox WHERE backend = ?1 AND user_id = ?2 AND version <= ?3" + covered,
                    owed.backend(),
                    owed.userId(),
                    owed.version().stamp());
        }
        if (owed.operation() == Operation.EXPIRE) {
            deleteCovered(tx, owed);
        }
        if (losesTie(tx, owed)) {
            return;
        }
        tx.update(
                OWE,
                owed.backend(),
                owed.userId(),
                owed.operation().scope().name(),
                owed.key(),
                owed.operation().name(),
                owed.version().stamp(),
                OutboxRow.payload(owed),
                owed.dueMillis());
    }

    /** A store that arrived after the cleanup which covers it would bring the memory back. */
    private static void deleteCovered(Handle tx, OutboxEntry cleanup) throws SQLException {
        String texts = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE user_id = ?1 AND +backend = ?2"
                + " AND operation = 'STORE' AND payload IS NOT NULL";
        for (Letter letter : letters(tx, texts, cleanup.userId(), cleanup.backend())) {
            MemoryEntry entry = letter.owed().entry();
            if (entry != null && isDeletedBy(cleanup, entry)) {
                change(tx, "UPDATE outbox SET operation = 'DELETE', payload = NULL WHERE " + THIS, letter.owed());
            }
        }
    }

    /** Where the outbox holds the text itself, of two texts of one version the one stays that counts. */
    private static boolean losesTie(Handle tx, OutboxEntry owed) throws SQLException {
        MemoryEntry entry = owed.entry();
        if (entry == null) {
            return false;
        }
        String sql = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE " + THIS + " AND version = ?5";
        List<Letter> held = letters(
                tx,
                sql,
                owed.backend(),
                owed.userId(),
                owed.operation().scope().name(),
                owed.key(),
                owed.version().stamp());
        MemoryEntry other = held.isEmpty() ? null : held.get(0).owed().entry();
        return other != null && WriteOrder.isNewer(other, entry);
    }

    @Override
    public void confirm(Collection<OutboxEntry> delivered) {
        String delete = "DELETE FROM outbox WHERE " + THIS + " AND (version < ?5 OR (version = ?5 AND operation = ?6))";
        database.write(tx -> {
            Set<String> backends = new LinkedHashSet<>();
            for (OutboxEntry owed : delivered) {
                long stamp = owed.version().stamp();
                if (change(tx, delete, owed, stamp, owed.operation().name()) == 0) {
                    change(tx, FOLLOW, owed, stamp, owed.dueMillis(), clock.millis());
                }
                backends.add(owed.backend());
            }
            for (String backend : backends) {
                noteConfirmation(tx, backend, clock.millis());
            }
            return delivered.size();
        });
        database.textMayBeGone();
    }

    @Override
    public void hasten(String backend, long nowMillis) {
        String sql =
                "UPDATE outbox SET due_at = max(?2, busy_until) WHERE backend = ?1 AND attempts > 0 AND due_at > ?2";
        database.write(tx -> tx.update(sql, backend, nowMillis));
    }

    @Override
    public void postpone(OutboxEntry owed, long dueMillis, long busyMillis, String error) {
        String sql = "UPDATE outbox SET attempts = attempts + 1, due_at = ?6, error = ?7, busy_until = ?8 WHERE " + THIS
                + " AND version = ?5";
        database.write(tx -> change(tx, sql, owed, owed.version().stamp(), dueMillis, error, busyMillis));
    }

    @Override
    public long busyUntil(OutboxEntry next, HlcTimestamp own) {
        Handle.Work<Long> query = next.operation().scope() == OutboxEntry.Scope.KEY
                ? tx -> tx.number(BUSY_WITH_KEY, next.backend(), next.userId(), next.key(), own.stamp())
                : tx -> tx.number(BUSY_WITH_USER, next.backend(), next.userId(), own.stamp());
        return database.write(query);
    }

    @Override
    public List<OutboxEntry> claim(Collection<OutboxEntry> owed, long nowMillis, long busyMillis) {
        return database.write(tx -> {
            List<OutboxEntry> claimed = new ArrayList<>();
            for (OutboxEntry one : owed) {
                int rows = change(
                        tx, CLAIM, one, one.version().stamp(), one.operation().name(), nowMillis, busyMillis);
                if (rows > 0) {
                    claimed.add(one.dueAt(busyMillis));
                }
            }
            return claimed;
        });
    }

    @Override
    public void bury(OutboxEntry owed, String error) {
        String sql =
                "UPDATE outbox SET attempts = attempts + 1, dead = 1, error = ?6 WHERE " + THIS + " AND version = ?5";
        database.write(tx -> change(tx, sql, owed, owed.version().stamp(), error));
    }

    private static int change(Handle tx, String sql, OutboxEntry owed, Object... more) throws SQLException {
        Object[] arguments = new Object[4 + more.length];
        arguments[0] = owed.backend();
        arguments[1] = owed.userId();
        arguments[2] = owed.operation().scope().name();
        arguments[3] = owed.key();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return tx.update(sql, arguments);
    }

    @Override
    public List<OutboxEntry> due(String backend, long nowMillis, long longestTryMillis, int limit) {
        // Where nothing is due, which is nearly always, the index by time tells so without a look at what is postponed.
        String due = " FROM outbox WHERE backend = ?1 AND dead = 0 AND (due_at <= ?2"
                + " OR (due_at > ?2 + ?3 AND due_at > ?2 + ?3 + (1000 << min(attempts, 8))))";
        String sql = "SELECT " + OutboxRow.COLUMNS + due + " ORDER BY version LIMIT ?4";
        String any = "SELECT EXISTS (SELECT 1" + due + ")";
        if (database.read(session -> session.number(any, backend, nowMillis, longestTryMillis)) == 0) {
            return List.of();
        }
        List<OutboxEntry> readable = new ArrayList<>();
        for (Letter letter :
                database.read(session -> letters(session, sql, backend, nowMillis, longestTryMillis, limit))) {
            if (letter.dead()) {
                bury(letter.owed(), String.valueOf(letter.error()));
            } else {
                readable.add(letter.owed());
            }
        }
        return readable;
    }

    /** The plus signs keep SQLite from walking through all of the backend instead of the few rows of the scope. */
    @Override
    public List<OutboxEntry> owed(String backend, String userId, String key) {
        String rows = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE user_id = ?2 AND ";
        String sql = rows + "scope = 'KEY' AND key = ?3 AND backend = ?1 UNION ALL " + rows
                + "scope IN ('AGE', 'USER') AND +backend = ?1";
        return database.read(session -> letters(session, sql, backend, userId, key)).stream()
                .map(Letter::owed)
                .toList();
    }

    @Override
    public List<OutboxEntry> owed(String userId, int limit) {
        String sql = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE user_id = ?1 LIMIT ?2";
        return database.read(session -> letters(session, sql, userId, limit)).stream()
                .map(Letter::owed)
                .toList();
    }

    @Override
    public List<String> owedTo(String userId) {
        String sql = "SELECT backend FROM (" + BACKENDS + ") b WHERE EXISTS"
                + " (SELECT 1 FROM outbox o WHERE o.user_id = ?1 AND +o.backend = b.backend)";
        return database.read(session -> texts(session, sql, userId));
    }

    @Override
    public Lookup known(String userId, String key) {
        String ofScope = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE user_id = ?1 AND scope = ";
        String sql = ofScope + "'KEY' AND key = ?2 UNION ALL " + ofScope + "'USER'"
                + " ORDER BY version DESC, operation LIMIT 1"; // of one version DELETE comes before STORE
        List<Letter> newest = database.read(session -> letters(session, sql, userId, key));
        if (newest.isEmpty()) {
            return Lookup.MISSING;
        }
        OutboxEntry owed = newest.get(0).owed();
        MemoryEntry entry = owed.entry();
        if (owed.operation() != Operation.STORE) {
            return new Lookup.Deleted(owed.version());
        }
        if (entry == null) {
            return database.read(session -> memories.find(session, userId, key));
        }
        List<Letter> cleanups = database.read(session -> letters(session, ofScope + "'AGE'", userId));
        return cleanups.stream().anyMatch(letter -> isDeletedBy(letter.owed(), entry))
                ? new Lookup.Deleted(entry.version())
                : new Lookup.Found(entry);
    }

    private static boolean isDeletedBy(OutboxEntry cleanup, MemoryEntry entry) {
        return cleanup.cutoff() != null
                && entry.updatedAt() != null
                && entry.updatedAt().isBefore(cleanup.cutoff())
                && !entry.version().isNewerThan(cleanup.version());
    }

    @Override
    public HlcTimestamp newest() {
        String sql =
                "SELECT coalesce(max((SELECT max(version) FROM outbox o WHERE o.backend = b.backend AND o.dead = d.dead)),"
                        + " 0) FROM (" + BACKENDS + ") b, (SELECT 0 AS dead UNION ALL SELECT 1) d";
        return new HlcTimestamp(database.read(session -> session.number(sql)));
    }

    @Override
    public Backlog backlog(String backend) {
        return database.read(session -> session.snapshot(snapshot -> {
            long pending = snapshot.number("SELECT count(*) FROM outbox WHERE backend = ?1 AND dead = 0", backend);
            return new Backlog(
                    pending,
                    oldest(snapshot, backend),
                    snapshot.number("SELECT count(*) FROM outbox WHERE backend = ?1 AND dead = 1", backend),
                    at(snapshot, "confirmation", backend));
        }));
    }

    private static @Nullable Long oldest(Handle session, String backend) throws SQLException {
        String sql = "SELECT version FROM outbox WHERE backend = ?1 AND dead = 0 ORDER BY version LIMIT 1";
        try (ResultSet row = session.query(sql, backend)) {
            return row.next() ? new HlcTimestamp(row.getLong(1)).millis() : null;
        }
    }

    private static @Nullable Long at(Handle session, String table, String backend) throws SQLException {
        try (ResultSet row = session.query("SELECT at FROM " + table + " WHERE backend = ?1", backend)) {
            return row.next() ? row.getLong(1) : null;
        }
    }

    /**
     * The first one in a file that was put back is not noted before that was compared: there it would say that the backend had
     * been given everything in another life of the file.
     */
    private void noteConfirmation(Handle tx, String backend, long millis) throws SQLException {
        boolean noted = tx.update("UPDATE confirmation SET at = ?2 WHERE backend = ?1", backend, millis) > 0;
        if (!noted && !Origin.isAnother(tx, backend, database.name())) {
            tx.update("INSERT INTO confirmation (backend, at) VALUES (?1, ?2)", backend, millis);
        }
    }

    @Override
    public @Nullable Long comparedMillis(String backend) {
        String sql = "SELECT coalesce((SELECT at FROM comparison WHERE backend = ?1), -1)";
        long millis = database.read(session -> session.number(sql, backend));
        return millis < 0 ? null : millis;
    }

    @Override
    public boolean compared(String backend, long startMillis, long file) {
        String sql = "INSERT INTO comparison (backend, at, file) VALUES (?1, ?2, ?3)"
                + " ON CONFLICT DO UPDATE SET at = excluded.at, file = excluded.file";
        return database.write(
                tx -> database.files() == file && tx.update(sql, backend, startMillis, database.name()) > 0);
    }

    @Override
    public long file() {
        database.require();
        return database.files();
    }

    @Override
    public boolean isPutBack(String backend) {
        return database.read(session -> Origin.isAnother(session, backend, database.name()));
    }

    @Override
    public long usedMillis() {
        return database.usedMillis();
    }

    @Override
    public List<Letter> letters(String backend, @Nullable Letter after, int limit) {
        String start = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE backend = ?1";
        String end = " ORDER BY dead, version, user_id, scope, key LIMIT ?2";
        if (after == null) {
            return database.read(session -> letters(session, start + end, backend, limit));
        }
        String behind = " AND (dead, version, user_id, scope, key) > (?3, ?4, ?5, ?6, ?7)";
        OutboxEntry last = after.owed();
        return database.read(session -> letters(
                session,
                start + behind + end,
                backend,
                limit,
                after.dead() ? 1 : 0,
                last.version().stamp(),
                last.userId(),
                last.operation().scope().name(),
                last.key()));
    }

    @Override
    public List<String> backends() {
        return database.read(session -> texts(session, BACKENDS));
    }

    private static List<String> texts(Handle session, String sql, Object... arguments) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet rows = session.query(sql, arguments)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    @Override
    public int retry(@Nullable String backend) {
        return database.write(tx -> {
            tx.update("UPDATE outbox SET due_at = 0 WHERE dead = 0 AND backend = coalesce(?1, backend)", backend);
            return tx.update(
                    "UPDATE outbox SET dead = 0, due_at = 0 WHERE dead = 1 AND backend = coalesce(?1, backend)",
                    backend);
        });
    }

    @Override
    public int drop(@Nullable String backend) {
        return database.write(
                tx -> tx.update("DELETE FROM outbox WHERE dead = 1 AND backend = coalesce(?1, backend)", backend));
    }

    @Override
    public int forget(String backend) {
        return database.write(tx -> tx.update("DELETE FROM outbox WHERE backend = ?1", backend));
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

    private static List<Letter> letters(Handle session, String sql, Object... arguments) throws SQLException {
        List<Letter> letters = new ArrayList<>();
        try (ResultSet rows = session.query(sql, arguments)) {
            while (rows.next()) {
                letters.add(OutboxRow.letter(rows));
            }
        }
        return letters;
    }
}
