package io.unifiedmemory.store.postgres.db;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Brings the schema of a database up to date. Several instances of two releases run on one database while a release is
 * rolled out, so a step may add, and what an earlier release needs is taken away no earlier than a release later: each
 * step says which step a program must know at least to work with it.
 */
final class Migrations {

    /** The released steps, in their order; none of them ever changes. */
    private static final List<String> STEPS =
            List.of("001-memories.sql", "002-tokens.sql", "003-vectors.sql", "004-expiry.sql", "005-history.sql");

    /** The step that a program must know to work with what the steps here make. */
    private static final int MINIMUM = 1;

    /** Others may create the same at the same time. */
    private static final int MAX_TRIES = 10;

    private final Connection connection;

    Migrations(Connection connection) {
        this.connection = connection;
    }

    /** The texts of the steps, in their order. */
    static List<String> steps() {
        return STEPS.stream().map(Migrations::text).toList();
    }

    void run() throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                migrate();
                return;
            } catch (SQLException e) {
                rollBack();
                boolean again = PostgresFailures.isDuplicate(e) || PostgresFailures.isConflict(e);
                if (!again || tries == MAX_TRIES) {
                    throw e;
                }
            }
        }
    }

    private void rollBack() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        }
    }

    private void migrate() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (number(
                            statement,
                            "SELECT count(*) FROM information_schema.tables"
                                    + " WHERE table_schema = 'unified_memory' AND table_name = 'schema_step'")
                    == 0) {
                statement.execute("CREATE SCHEMA IF NOT EXISTS unified_memory");
                statement.execute("CREATE TABLE IF NOT EXISTS unified_memory.schema_step"
                        + " (number integer PRIMARY KEY, minimum integer NOT NULL)");
                statement.execute("INSERT INTO unified_memory.schema_step VALUES (0, 0) ON CONFLICT DO NOTHING");
            }
            requireCompatible(statement);
            if (number(statement, "SELECT max(number) FROM unified_memory.schema_step") >= STEPS.size()) {
                return;
            }
            statement.execute("BEGIN");
            statement.execute("SELECT minimum FROM unified_memory.schema_step WHERE number = 0 FOR UPDATE");
            for (long done = number(statement, "SELECT max(number) FROM unified_memory.schema_step");
                    done < STEPS.size();
                    done++) {
                statement.execute(text(STEPS.get((int) done)));
                statement.execute(
                        "INSERT INTO unified_memory.schema_step VALUES (" + (done + 1) + ", " + MINIMUM + ")");
            }
            statement.execute("COMMIT");
        }
    }

    private static void requireCompatible(Statement statement) throws SQLException {
        long needed = number(statement, "SELECT max(minimum) FROM unified_memory.schema_step");
        if (needed > STEPS.size()) {
            throw new BackendException(
                    Kind.MISCONFIGURED,
                    "the database was changed by a newer release, which this one cannot work with",
                    "update this program");
        }
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String text(String step) {
        try (InputStream in = Migrations.class.getResourceAsStream("migrations/" + step)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its own file " + step);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
