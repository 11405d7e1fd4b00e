package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.spi.ComparisonLog;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The comparisons that the database remembers, each with the history of the server that was compared: after a failover,
 * which may have lost writes, and in a restored copy another one goes on. Thread-safe.
 */
final class PostgresComparisonLog implements ComparisonLog {

    private final PostgresDatabase database;

    PostgresComparisonLog(PostgresDatabase database) {
        this.database = database;
    }

    @Override
    public @Nullable Long comparedMillis(String backend) {
        List<Row> rows = compared(backend);
        return rows.isEmpty() ? null : (Long) rows.get(0).number(1);
    }

    private List<Row> compared(String backend) {
        return database.run(Sql.of("SELECT at, origin FROM unified_memory.comparison WHERE backend = ?", backend))
                .rows();
    }

    @Override
    public boolean note(String backend, long startMillis, long incarnation) {
        String sql = "INSERT INTO unified_memory.comparison (backend, at, origin) VALUES (?, ?, ?)"
                + " ON CONFLICT (backend) DO UPDATE SET at = excluded.at, origin = excluded.origin";
        String origin = database.server().origin();
        return database.incarnation() == incarnation
                && database.run(Sql.of(sql, backend, startMillis, origin)).changed() > 0;
    }

    @Override
    public boolean isRestored(String backend) {
        List<Row> rows = compared(backend);
        String now = database.server().origin();
        return rows.isEmpty() ? !now.equals(first()) : !now.equals(rows.get(0).text(2));
    }

    /** The history in which the database was created. */
    private String first() {
        return property(database, "origin", database.server().origin());
    }

    @Override
    public long incarnation() {
        return database.incarnation();
    }

    /** When any user's memories were last written, in steps of the clocks' marks. */
    @Override
    public long usedMillis() {
        return database.run(Sql.of("SELECT greatest((SELECT coalesce(max(wall), 0) FROM unified_memory.account),"
                        + " (SELECT max(wall) FROM unified_memory.clock))"))
                .number();
    }

    /** A property of the database, which has this value from now on unless it has one. */
    static String property(PostgresDatabase database, String name, String value) {
        return database.run(List.of(
                        Sql.of(
                                "INSERT INTO unified_memory.property (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
                                name,
                                value),
                        Sql.of("SELECT value FROM unified_memory.property WHERE name = ?", name)))
                .get(1)
                .rows()
                .get(0)
                .text(1);
    }
}
