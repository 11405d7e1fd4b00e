package io.unifiedmemory.store.sqlite.foreign;

import io.unifiedmemory.store.sqlite.db.NativeLibrary;
import java.io.IOException;
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
import org.sqlite.SQLiteConfig;

/**
 * The tables of a SQLite database that another program has written, or somebody to do harm: nothing that the file defines is
 * computed, and no more is read than can be in it. Read-only. For one thread.
 */
public final class ForeignDatabase implements AutoCloseable {

    /** Neither views nor virtual tables, which run what the file says, for as long as it says. */
    private static final String TABLES = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
            + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";

    /** What is stored in each row: no column that is computed when it is read (2). */
    private static final String COLUMNS = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden IN (0, 3) ORDER BY cid";

    /** Bytes of one value. */
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    /** What a row takes in a file at least, with nothing in it. */
    private static final int BYTES_OF_A_ROW = 4;

    private final Connection connection;
    private final ReadBound bound;

    private ForeignDatabase(Connection connection, ReadBound bound) {
        this.connection = connection;
        this.bound = bound;
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
     * @throws IOException when it cannot be opened, or is no database
     */
    public static ForeignDatabase open(Path file) throws IOException {
        NativeLibrary.load();
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        ReadBound bound = ReadBound.of(file);
        try {
            // As an address, so that no character of the name is taken for an option of the driver.
            Connection connection = config.createConnection("jdbc:sqlite:" + file.toUri());
            bound.hold(connection);
            return new ForeignDatabase(connection, bound);
        } catch (SQLException e) {
            throw unreadable(e, bound);
        }
    }

    /**
     * The columns of each table, by its name.
     *
     * @throws IOException when the file is damaged, or in use
     */
    public Map<String, List<String>> tables() throws IOException {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        try {
            for (String table : names(TABLES, null)) {
                tables.put(table, names(COLUMNS, table));
            }
        } catch (SQLException e) {
            throw unreadable(e, bound);
        }
        return tables;
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
     * @throws IOException when the file is damaged, or in use; the rows before that were handed over
     */
    public void read(String table, List<String> columns, Rows rows) throws IOException {
        String select =
                columns.stream().map(ForeignDatabase::bounded).collect(Collectors.joining(", ", "SELECT ", " FROM "))
                        + quoted(table);
        try (PreparedStatement statement = newestFirst(select);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                long size = BYTES_OF_A_ROW;
                for (int i = 0; i < columns.size(); i++) {
                    Object value = result.getObject(i + 1);
                    values.put(columns.get(i), value);
                    size += size(value);
                }
                if (bound.isExceededWith(size)) {
                    throw new IOException(bound.exceeded() + "; check that the file is whole");
                }
                rows.row(values);
            }
        } catch (SQLException e) {
            throw unreadable(e, bound);
        }
    }

    private PreparedStatement newestFirst(String select) throws SQLException {
        try {
            return connection.prepareStatement(select + " ORDER BY rowid DESC");
        } catch (SQLException e) {
            return connection.prepareStatement(select); // a table without row numbers
        }
    }

    /** How many bytes a value takes in the file at least, in whichever encoding. */
    private static long size(@Nullable Object value) {
        return value instanceof String text ? text.length() : value instanceof byte[] bytes ? bytes.length : 0;
    }

    /** The value of a column; no bytes where it is larger than any memory, so that it need not fit into this process. */
    private static String bounded(String column) {
        String name = quoted(column);
        return "CASE WHEN octet_length(" + name + ") > " + MOST_BYTES + " THEN x'' ELSE " + name + " END";
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static IOException unreadable(SQLException e, ReadBound bound) {
        String what = bound.isExceeded() ? bound.exceeded() : "SQLite says " + e.getMessage();
        return new IOException(what + "; end the program that uses it, and check that the file is whole", e);
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw unreadable(e, bound);
        }
    }
}
