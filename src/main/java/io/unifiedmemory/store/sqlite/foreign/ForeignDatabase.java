package io.unifiedmemory.store.sqlite.foreign;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.store.sqlite.db.NativeLibrary;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/** The tables of a SQLite database that another program has written. Read-only. For one thread. */
public final class ForeignDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ForeignDatabase.class);

    private static final String TABLES =
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                    + " ORDER BY name";

    private static final String COLUMNS = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid";

    /** Bytes of one value. */
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    private final Path file;
    private final Connection connection;

    private ForeignDatabase(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** Hears of rows. */
    @FunctionalInterface
    public interface Rows {

        /** The values of one row by their columns: texts, whole numbers, fractions, bytes or null. */
        void row(Map<String, @Nullable Object> values);
    }

    /**
     * Opens a file.
     *
     * @throws BackendException when it cannot be opened, or is no database
     */
    public static ForeignDatabase open(Path file) {
        NativeLibrary.load();
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        try {
            // As an address, so that no character of the name is taken for an option of the driver.
            return new ForeignDatabase(file, config.createConnection("jdbc:sqlite:" + file.toUri()));
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The columns of each table and view, by its name; none of those that SQLite cannot read here, such as the tables of an
     * extension that a program brings along.
     */
    public Map<String, List<String>> tables() {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        for (String table : tableNames()) {
            try {
                tables.put(table, names(COLUMNS, table));
            } catch (SQLException e) {
                LOG.debug("table {} is passed over: {}", table, e.getMessage());
            }
        }
        return tables;
    }

    private List<String> tableNames() {
        try {
            return names(TABLES, null);
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }

    private List<String> names(String sql, @Nullable String argument) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (argument != null) {
                statement.setString(1, argument);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<String> names = new ArrayList<>();
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
                return names;
            }
        }
    }

    /**
     * Reads a whole table, the row first that was added last where that is known. A value of more than 8 MiB is an empty
     * array of bytes.
     *
     * @param columns names as {@link #tables} gives them
     */
    public void read(String table, List<String> columns, Rows rows) {
        String select =
                columns.stream().map(ForeignDatabase::bounded).collect(Collectors.joining(", ", "SELECT ", " FROM "))
                        + quoted(table);
        try (PreparedStatement statement = newestFirst(select);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                for (int i = 0; i < columns.size(); i++) {
                    values.put(columns.get(i), result.getObject(i + 1));
                }
                rows.row(values);
            }
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }

    private PreparedStatement newestFirst(String select) throws SQLException {
        try {
            return connection.prepareStatement(select + " ORDER BY rowid DESC");
        } catch (SQLException e) {
            return connection.prepareStatement(select); // a view, or a table without row numbers
        }
    }

    /** The value of a column; no bytes where it is larger than any memory, so that it need not fit into this process. */
    private static String bounded(String column) {
        String name = quoted(column);
        return "CASE WHEN octet_length(" + name + ") > " + MOST_BYTES + " THEN x'' ELSE " + name + " END";
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static BackendException unreadable(Path file, SQLException e) {
        return new BackendException(
                Kind.REJECTED,
                file + " cannot be read as a SQLite database: " + e.getMessage(),
                "end the program that uses it, and check that the file is whole",
                e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }
}
