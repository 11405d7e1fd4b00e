package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.spi.Outbox;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.store.OutboxPayload;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.Origin;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The outbox of the database file, for delivery. Thread-safe. */
final class SqliteOutbox implements Outbox {

    /**
     * Tells one operation from others. Without the plus sign SQLite would compare the bound value with the condition of a
     * partial index, and so prepare the statement anew for each row: that takes four times as long as to delete the row.
     */
    private static final String THIS_OPERATION = "+operation = ?6";

    /** A claim that ends later than any claim can now was made before the clock was set back. */
    private static final String CLAIM = "UPDATE outbox SET due_at = ?8, busy_until = ?8 WHERE " + OutboxTable.THIS
            + " AND version = ?5 AND " + THIS_OPERATION + " AND dead = 0 AND (busy_until <= ?7 OR busy_until > ?8)";

    /** A write that waited for one which is confirmed now need not wait any longer. */
    private static final String FOLLOW = "UPDATE outbox SET due_at = min(due_at, ?7), busy_until = 0 WHERE "
            + OutboxTable.THIS + " AND version > ?5 AND busy_until = ?6";

    private final SqliteDatabase database;
    private final Clock clock;
    private final Runnable textMayBeGone;

    /** @param textMayBeGone called after text has left the outbox; must not block */
    SqliteOutbox(SqliteDatabase database, Clock clock, Runnable textMayBeGone) {
        this.database = database;
        this.clock = clock;
        this.textMayBeGone = textMayBeGone;
    }

    @Override
    public List<OutboxEntry> due(String backend, long nowMillis, long longestTryMillis, int limit) {
        // Where nothing is due, which is nearly always, the index by time answers without reading the postponed
        // entries.
        String due = " FROM outbox WHERE backend = ?1 AND dead = 0 AND (due_at <= ?2"
                + " OR (due_at > ?2 + ?3 AND due_at > ?2 + ?3 + (1000 << min(attempts, 8))))";
        String sql = "SELECT " + OutboxRow.COLUMNS + due + " ORDER BY version LIMIT ?4";
        String any = "SELECT EXISTS (SELECT 1" + due + ")";
        if (database.read(handle -> handle.number(any, backend, nowMillis, longestTryMillis)) == 0) {
            return List.of();
        }
        List<OutboxEntry> readable = new ArrayList<>();
        for (Item item :
                database.read(handle -> OutboxTable.items(handle, sql, backend, nowMillis, longestTryMillis, limit))) {
            if (item.dead()) {
                deadLetter(item.entry(), String.valueOf(item.error()));
            } else {
                readable.add(item.entry());
            }
        }
        return readable;
    }

    @Override
    public List<OutboxEntry> claim(Collection<OutboxEntry> entries, long nowMillis, long busyMillis) {
        return database.write(tx -> {
            List<OutboxEntry> claimed = new ArrayList<>();
            for (OutboxEntry one : entries) {
                int rows = OutboxTable.change(
                        tx, CLAIM, one, one.version().stamp(), one.operation().name(), nowMillis, busyMillis);
                if (rows > 0) {
                    claimed.add(one.dueAt(busyMillis));
                }
            }
            return claimed;
        });
    }

    @Override
    public void acknowledge(Collection<OutboxEntry> delivered) {
        String delete = "DELETE FROM outbox WHERE " + OutboxTable.THIS + " AND (version < ?5 OR (version = ?5 AND "
                + THIS_OPERATION + "))";
        database.write(tx -> {
            Set<String> backends = new LinkedHashSet<>();
            for (OutboxEntry owed : delivered) {
                long stamp = owed.version().stamp();
                String sql = delete + (owed.permanently() ? "" : OutboxPayload.UNLESS_ERASING);
                if (OutboxTable.change(tx, sql, owed, stamp, owed.operation().name()) == 0) {
                    OutboxTable.change(tx, FOLLOW, owed, stamp, owed.dueMillis(), clock.millis());
                }
                backends.add(owed.backend());
            }
            for (String backend : backends) {
                noteConfirmation(tx, backend, clock.millis());
            }
            return delivered.size();
        });
        textMayBeGone.run();
    }

    /**
     * Notes when a backend last confirmed a write. In a restored file the first confirmation is not noted before the
     * file was compared: it would claim that the backend had received everything written in the file's earlier life.
     */
    private void noteConfirmation(Handle tx, String backend, long millis) throws SQLException {
        boolean noted = tx.update("UPDATE confirmation SET at = ?2 WHERE backend = ?1", backend, millis) > 0;
        if (!noted && !Origin.isAnother(tx, backend, database.name())) {
            tx.update("INSERT INTO confirmation (backend, at) VALUES (?1, ?2)", backend, millis);
        }
    }

    @Override
    public void postpone(OutboxEntry owed, long dueMillis, long busyMillis, String error) {
        String sql = "UPDATE outbox SET attempts = attempts + 1, due_at = ?6, error = ?7, busy_until = ?8 WHERE "
                + OutboxTable.THIS + " AND version = ?5";
        database.write(tx -> OutboxTable.change(tx, sql, owed, owed.version().stamp(), dueMillis, error, busyMillis));
    }

    @Override
    public void expedite(String backend, long nowMillis) {
        String sql =
                "UPDATE outbox SET due_at = max(?2, busy_until) WHERE backend = ?1 AND attempts > 0 AND due_at > ?2";
        database.write(tx -> tx.update(sql, backend, nowMillis));
    }

    @Override
    public void deadLetter(OutboxEntry owed, String error) {
        String sql = "UPDATE outbox SET attempts = attempts + 1, dead = 1, error = ?6 WHERE " + OutboxTable.THIS
                + " AND version = ?5";
        database.write(tx -> OutboxTable.change(tx, sql, owed, owed.version().stamp(), error));
    }
}
