package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.store.OutboxPayload;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads rows of the outbox. Stateless. */
final class OutboxRow {

    /** The columns that {@link #item} reads. */
    static final String COLUMNS = "backend, operation, user_id, key, version, payload, attempts, due_at, dead, error";

    private OutboxRow() {}

    /** Reads a row. A row whose payload cannot be read is a dead letter, whatever it says: nobody can deliver it. */
    static Item item(ResultSet row) throws SQLException {
        OutboxEntry entry = OutboxPayload.row(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5),
                row.getInt(7),
                row.getLong(8));
        return OutboxPayload.item(entry, row.getString(6), row.getInt(9) != 0, row.getString(10));
    }
}
