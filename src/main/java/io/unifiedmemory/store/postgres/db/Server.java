package io.unifiedmemory.store.postgres.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a new connection tells about the server at its other end. Immutable.
 *
 * @param version the product and its version, for people
 * @param durability what an acknowledged write means
 * @param origin names the cluster and its history: another one after a failover and in a restored copy, so that what
 *     was compared with the earlier one is known to be of no use
 * @param history what the server tells of where it comes from
 */
public record Server(String version, Durability durability, String origin, History history) {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private static final String SETTINGS = "SELECT version(), current_setting('fsync'),"
            + " current_setting('synchronous_commit'), current_setting('synchronous_standby_names'), current_database()";

    /** The first eight digits of a WAL file's name are the timeline, which each promotion and each restore changes. */
    private static final String ORIGIN = "SELECT (SELECT system_identifier FROM pg_control_system()),"
            + " substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

    /**
     * Where a server comes from. Immutable.
     *
     * @param cluster whose copies have the same
     * @param timeline eight hexadecimal digits; higher after each promotion
     */
    public record History(String cluster, String timeline) {

        static final History UNKNOWN = new History("", "");

        private String words() {
            return cluster.isEmpty() ? "" : cluster + "/" + timeline;
        }

        /** Whether a copy of the same cluster was promoted since: the other one, or one before it. */
        boolean isBefore(History other) {
            return cluster.equals(other.cluster) && timeline.compareTo(other.timeline) < 0;
        }
    }

    static Server read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String version;
            String database;
            Durability durability;
            try (ResultSet row = statement.executeQuery(SETTINGS)) {
                row.next();
                version = product(row.getString(1));
                durability = Durability.of(row.getString(2), row.getString(3), row.getString(4));
                database = row.getString(5);
            }
            History history = history(statement);
            return new Server(version, durability, history.words() + "/" + database, history);
        }
    }

    /** The first two words: the rest says how the server was compiled. */
    private static String product(String version) {
        String[] words = version.split("[ ,]", 3);
        return words.length < 2 ? version : words[0] + " " + words[1];
    }

    /** Engines that keep several copies themselves have no history of their own to tell. */
    private static History history(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(ORIGIN)) {
            row.next();
            return new History(row.getString(1), row.getString(2));
        } catch (SQLException e) {
            if (PostgresFailures.isConnectionLost(e)) {
                throw e;
            }
            LOG.debug("the server does not tell its history: {}", e.getMessage());
            return History.UNKNOWN;
        }
    }
}
