package io.unifiedmemory.store.postgres.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices a pooler between this program and the server, such as PgBouncer, which gives each transaction whichever
 * connection is free. A statement that the driver had prepared under a name is then unknown there, or worse, is that of
 * somebody else. Stateless.
 */
final class Pooler {

    private static final Logger LOG = LoggerFactory.getLogger(Pooler.class);

    private Pooler() {}

    /** Keeps the driver from preparing statements by name. */
    static void adapt(Connection connection) throws SQLException {
        connection.unwrap(PgConnection.class).setPrepareThreshold(0);
    }

    /**
     * Whether a new connection leads to the server itself. The number of its process the server tells by itself when a
     * connection begins: a pooler makes one up.
     */
    static boolean isDirect(Connection connection) throws SQLException {
        int told = connection.unwrap(PgConnection.class).getBackendPID();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1) == told;
        } catch (SQLException e) {
            if (PostgresFailures.isConnectionLost(e)) {
                throw e;
            }
            LOG.debug("the server does not tell its process: {}", e.getMessage());
            return false;
        }
    }
}
