package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.spi.SharedTokens;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.List;

/** The bearer tokens. Thread-safe. */
final class PostgresTokens implements SharedTokens {

    private final PostgresDatabase database;

    PostgresTokens(PostgresDatabase database) {
        this.database = database;
    }

    @Override
    public List<Row> rows() {
        return database
                .run(Sql.of("SELECT id, description, used_at FROM unified_memory.token ORDER BY created_at, id"))
                .rows()
                .stream()
                .map(row -> new Row(row.text(1), row.textOrNull(2), row.numberOrNull(3)))
                .toList();
    }

    @Override
    public boolean add(String id, String name, String text, long createdMillis) {
        String sql = "INSERT INTO unified_memory.token (id, name, description, created_at) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING";
        return database.run(Sql.of(sql, id, name.isEmpty() ? null : name, text, createdMillis))
                        .changed()
                > 0;
    }

    /** The row stays until the next one is revoked: that there were tokens must not be forgotten. */
    @Override
    public boolean revoke(String id) {
        String sql = "UPDATE unified_memory.token SET name = NULL, description = NULL WHERE id = ?"
                + " AND description IS NOT NULL";
        boolean revoked = database.run(Sql.of(sql, id)).changed() > 0;
        if (revoked) {
            database.run(Sql.of("DELETE FROM unified_memory.token WHERE description IS NULL AND id <> ?", id));
        }
        return revoked;
    }

    @Override
    public void noteUse(String id, long millis) {
        String sql = "UPDATE unified_memory.token SET used_at = ? WHERE id = ?"
                + " AND description IS NOT NULL AND (used_at IS NULL OR used_at < ?)";
        database.run(Sql.of(sql, millis, id, millis));
    }
}
