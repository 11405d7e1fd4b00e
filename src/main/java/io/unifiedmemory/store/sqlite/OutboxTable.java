package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.OutboxEntry.Scope;
import io.unifiedmemory.store.OutboxPayload;
import io.unifiedmemory.store.sqlite.db.Handle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The outbox in SQL. Works within the transaction of its caller. Stateless. */
final class OutboxTable {

    private static final String OWE = """
            INSERT INTO outbox
                (backend, user_id, scope, key, operation, version, payload, attempts, due_at, dead, busy_until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, 0, ?8)
            ON CONFLICT (user_id, scope, key, backend) DO UPDATE
            SET operation = CASE WHEN operation IN ('FORGET', 'FORGET_ALL') AND excluded.operation <> 'STORE'
                    THEN operation ELSE excluded.operation END,
                version = excluded.version,
                payload = %s,
                attempts = 0, due_at = excluded.due_at, dead = 0, error = NULL, busy_until = excluded.busy_until
            WHERE excluded.version > version
               OR (excluded.version = version AND (operation = 'STORE' OR excluded.operation <> 'STORE'))""".formatted(OutboxPayload.replacing("payload", "excluded.payload"));

    /** The row of an entry, by the first four arguments of {@link #change}. */
    static final String THIS = "backend = ?1 AND user_id = ?2 AND scope = ?3 AND key = ?4";

    /** The plus signs keep SQLite from walking through all of the backend instead of the few rows of the user. */
    private static final String BUSY_WITH_KEY = "SELECT coalesce(max(busy_until), 0) FROM ("
            + "SELECT busy_until FROM outbox"
            + " WHERE user_id = ?2 AND scope = 'KEY' AND key = ?3 AND backend = ?1 AND version <> ?4 AND dead = 0"
            + " UNION ALL SELECT busy_until FROM outbox WHERE user_id = ?2 AND scope IN ('AGE', 'USER')"
            + " AND +backend = ?1 AND version <> ?4 AND dead = 0)";

    private static final String BUSY_WITH_USER = "SELECT coalesce(max(busy_until), 0) FROM outbox"
            + " WHERE user_id = ?2 AND +backend = ?1 AND version <> ?3 AND dead = 0";

    /** Jumps from one backend's rows to the next one's instead of reading all rows. */
    static final String BACKENDS = """
            WITH RECURSIVE found (backend) AS (
                SELECT min(backend) FROM outbox
                UNION ALL
                SELECT (SELECT min(backend) FROM outbox WHERE backend > found.backend) FROM found
                WHERE backend IS NOT NULL
            )
            SELECT backend FROM found WHERE backend IS NOT NULL""";

    /** See {@code Transaction.owe}. */
    void owe(Handle tx, OutboxEntry owed) throws SQLException {
        if (owed.operation().scope() == Scope.USER) {
            String covered = (owed.operation().forgets() ? "" : " AND operation NOT IN ('FORGET', 'FORGET_ALL')")
                    + (owed.permanently() ? "" : OutboxPayload.UNLESS_ERASING);
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
                OutboxPayload.of(owed),
                owed.dueMillis());
    }

    /**
     * Turns the stores that a cleanup covers into deletes: a store that arrived after the cleanup would bring the
     * memory back.
     */
    private static void deleteCovered(Handle tx, OutboxEntry cleanup) throws SQLException {
        String texts = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE user_id = ?1 AND +backend = ?2"
                + " AND operation = 'STORE' AND payload IS NOT NULL";
        for (Item item : items(tx, texts, cleanup.userId(), cleanup.backend())) {
            MemoryEntry entry = item.entry().entry();
            if (entry != null && cleanup.expires(entry)) {
                String sql = "UPDATE outbox SET operation = 'DELETE', payload = " + OutboxPayload.ofDelete("payload")
                        + " WHERE " + THIS;
                change(tx, sql, item.entry());
            }
        }
    }

    /** Where the outbox holds the text itself: whether the existing entry wins against this one of the same version. */
    private static boolean losesTie(Handle tx, OutboxEntry owed) throws SQLException {
        MemoryEntry entry = owed.entry();
        if (entry == null) {
            return false;
        }
        String sql = "SELECT " + OutboxRow.COLUMNS + " FROM outbox WHERE " + THIS + " AND version = ?5";
        List<Item> held = items(
                tx,
                sql,
                owed.backend(),
                owed.userId(),
                owed.operation().scope().name(),
                owed.key(),
                owed.version().stamp());
        MemoryEntry other = held.isEmpty() ? null : held.get(0).entry().entry();
        return other != null && WriteOrder.isNewer(other, entry);
    }

    /** See {@code Transaction.busyUntil}. */
    long busyUntil(Handle tx, OutboxEntry next, HlcTimestamp own) throws SQLException {
        return next.operation().scope() == Scope.KEY
                ? tx.number(BUSY_WITH_KEY, next.backend(), next.userId(), next.key(), own.stamp())
                : tx.number(BUSY_WITH_USER, next.backend(), next.userId(), own.stamp());
    }

    /** Runs a statement about {@link #THIS} entry. */
    static int change(Handle tx, String sql, OutboxEntry owed, Object... more) throws SQLException {
        Object[] arguments = new Object[4 + more.length];
        arguments[0] = owed.backend();
        arguments[1] = owed.userId();
        arguments[2] = owed.operation().scope().name();
        arguments[3] = owed.key();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return tx.update(sql, arguments);
    }

    /** Returns the rows that a query of {@link OutboxRow#COLUMNS} finds. */
    static List<Item> items(Handle handle, String sql, Object... arguments) throws SQLException {
        List<Item> items = new ArrayList<>();
        try (ResultSet rows = handle.query(sql, arguments)) {
            while (rows.next()) {
                items.add(OutboxRow.item(rows));
            }
        }
        return items;
    }

    /** Returns the first column of each row. */
    static List<String> texts(Handle handle, String sql, Object... arguments) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet rows = handle.query(sql, arguments)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}
