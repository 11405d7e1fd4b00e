package io.unifiedmemory.harness.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * A database of a test server, and an ordinary user who owns it and may nothing else.
 *
 * @param port of the server, or of what stands between
 */
public record PostgresDatabase(String host, int port, String name, String user, String password) {

    /** As the option of the server takes it; the password is given apart. */
    public String address() {
        return "postgresql://" + user + "@" + host + ":" + port + "/" + name;
    }

    /** The same database through another port of this machine, such as that of a proxy. */
    public PostgresDatabase through(int otherPort) {
        return new PostgresDatabase(host, otherPort, name, user, password);
    }

    /** A new connection, not of a pool. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return DriverManager.getConnection("jdbc:postgresql://" + host + ":" + port + "/" + name, properties);
    }

    /** Runs statements, joined with semicolons, without reading what they answer. */
    public void run(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The number that a statement answers. */
    public long count(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
