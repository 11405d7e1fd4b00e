package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Scope;
import io.unifiedmemory.store.OutboxPayload;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements about the outbox. Stateless. */
final class OutboxTable {

    /** The columns that {@link #items} reads. */
    static final String COLUMNS = "backend, operation, user_id, key, version, payload, attempts, due_at, dead, error";

    /** The row of an entry, by the first four arguments of {@link #about}. */
    static final String THIS = "owner = ? AND scope = ? AND key = ? AND backend = ?";

    private static final String OWE = "INSERT INTO unified_memory.outbox AS o"
            + " (owner, scope, key, backend, user_id, operation, version, payload, attempts, due_at, busy_until, dead)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0)"
            + " ON CONFLICT (owner, scope, key, backend) DO UPDATE"
            + " SET operation = CASE WHEN o.operation IN ('FORGET', 'FORGET_ALL') AND excluded.operation <> 'STORE'"
            + " THEN o.operation ELSE excluded.operation END,"
            + " version = excluded.version, payload = " + OutboxPayload.replacing("o.payload", "excluded.payload")
            + ", attempts = 0, due_at = excluded.due_at, dead = 0, error = NULL, busy_until = excluded.busy_until"
            + " WHERE excluded.version > o.version OR (excluded.version = o.version"
            + " AND (o.operation = 'STORE' OR excluded.operation <> 'STORE'))";

    private static final String BUSY_WITH_KEY = "SELECT coalesce(max(busy_until), 0) FROM unified_memory.outbox"
            + " WHERE owner = ? AND backend = ? AND version <> ? AND dead = 0"
            + " AND (scope IN ('AGE', 'USER') OR (scope = 'KEY' AND key = ?))";

    private static final String BUSY_WITH_USER = "SELECT coalesce(max(busy_until), 0) FROM unified_memory.outbox"
            + " WHERE owner = ? AND backend = ? AND version <> ? AND dead = 0";

    private OutboxTable() {}

    /** Adds an entry, unless something newer has its place. */
    static Sql owe(UUID owner, OutboxEntry owed) {
        return Sql.of(
                OWE,
                owner,
                owed.operation().scope().name(),
                owed.key(),
                owed.backend(),
                owed.userId(),
                owed.operation().name(),
                owed.version().stamp(),
                OutboxPayload.of(owed),
                owed.dueMillis(),
                owed.dueMillis());
    }

    /** Removes what the write of all memories of a user covers. */
    static Sql removeCovered(UUID owner, OutboxEntry all) {
        String covered = (all.operation().forgets() ? "" : " AND operation NOT IN ('FORGET', 'FORGET_ALL')")
                + (all.permanently() ? "" : OutboxPayload.UNLESS_ERASING);
        return Sql.of(
                "DELETE FROM unified_memory.outbox WHERE owner = ? AND backend = ? AND version <= ?" + covered,
                owner,
                all.backend(),
                all.version().stamp());
    }

    /** The stores of a user that carry their text. */
    static Sql texts(UUID owner, String backend) {
        return Sql.of(
                "SELECT " + COLUMNS + " FROM unified_memory.outbox"
                        + " WHERE owner = ? AND backend = ? AND operation = 'STORE' AND payload IS NOT NULL",
                owner,
                backend);
    }

    /** Turns a store into a delete of the same version. */
    static Sql turnIntoDelete(OutboxEntry store) {
        return about(
                store,
                "UPDATE unified_memory.outbox SET operation = 'DELETE', payload = " + OutboxPayload.ofDelete("payload")
                        + " WHERE " + THIS);
    }

    /** The entry that has the place of another one, if it has the same version. */
    static Sql ofSameVersion(OutboxEntry owed) {
        return about(
                owed,
                "SELECT " + COLUMNS + " FROM unified_memory.outbox WHERE " + THIS + " AND version = ?",
                owed.version().stamp());
    }

    /** Until when a write may be under way that this one must not overtake. */
    static Sql busyUntil(UUID owner, OutboxEntry next, HlcTimestamp own) {
        return next.operation().scope() == Scope.KEY
                ? Sql.of(BUSY_WITH_KEY, owner, next.backend(), own.stamp(), next.key())
                : Sql.of(BUSY_WITH_USER, owner, next.backend(), own.stamp());
    }

    /** A statement about {@link #THIS} entry, with the arguments behind those of the entry. */
    static Sql about(OutboxEntry owed, String sql, @Nullable Object... more) {
        return about(owed, List.of(), sql, more);
    }

    /** The same with arguments before those of the entry. */
    static Sql about(OutboxEntry owed, List<Object> first, String sql, @Nullable Object... more) {
        List<@Nullable Object> arguments = new ArrayList<>(first);
        arguments.add(Owners.of(owed.userId()));
        arguments.add(owed.operation().scope().name());
        arguments.add(owed.key());
        arguments.add(owed.backend());
        arguments.addAll(Arrays.asList(more));
        return new Sql(sql, arguments);
    }

    /** Reads rows of {@link #COLUMNS}. */
    static List<Item> items(Result result) {
        return result.rows().stream().map(OutboxTable::item).toList();
    }

    private static Item item(Row row) {
        OutboxEntry entry = OutboxPayload.row(
                row.text(1), row.text(2), row.text(3), row.text(4), row.number(5), (int) row.number(7), row.number(8));
        return OutboxPayload.item(entry, row.textOrNull(6), row.number(9) != 0, row.textOrNull(10));
    }
}
