package io.unifiedmemory.store.sqlite.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of 4 KB that would be read for ever. */
class ForeignDatabaseTest {

    private static final int PAGE = 512;

    /** On the first page, before its tree begins. */
    private static final int FILE_HEADER = 100;

    private static final int LEAF_HEADER = 8;
    private static final int BRANCH_HEADER = 12;
    private static final byte BRANCH_OF_TABLE = 5;

    @TempDir
    private Path folder;

    private Path database(String... statements) throws SQLException {
        Path file = folder.resolve("evil.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA page_size = " + PAGE);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
        return file;
    }

    @Test
    void nothingIsComputedThatTheFileDefines() throws Exception {
        Path file = database(
                "CREATE TABLE real (key TEXT, value TEXT, large TEXT AS (hex(zeroblob(100000000))), kept TEXT AS (key || '!')"
                        + " STORED)",
                "INSERT INTO real VALUES ('k', 'v')",
                "CREATE VIEW endless AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
                        + " SELECT 'k' || n AS key, hex(zeroblob(250000)) AS value FROM c",
                "CREATE VIRTUAL TABLE found USING fts5(key, value, content = 'endless')");
        try (ForeignDatabase database = ForeignDatabase.open(file)) {
            Map<String, List<String>> tables = database.tables();
            assertThat(tables).doesNotContainKeys("endless", "found");
            assertThat(tables.get("real")).containsExactly("key", "value", "kept");
            List<Map<String, Object>> rows = new ArrayList<>();
            database.read("real", List.of("key", "value", "kept"), row -> rows.add(Map.copyOf(row)));
            assertThat(rows).containsExactly(Map.of("key", "k", "value", "v", "kept", "k!"));
        }
    }

    @Test
    void aTableWhosePagesComeAgainEnds() throws Exception {
        Path file = database("CREATE TABLE t (key TEXT, value TEXT)", "INSERT INTO t VALUES ('k', 'v'), ('l', 'w')");
        byte[] bytes = Files.readAllBytes(file);
        byte[] leaf = Arrays.copyOfRange(bytes, PAGE, 2 * PAGE);
        byte[][] pages = branches(3, leaf);
        System.arraycopy(branch(2 + pages.length, 0), 0, bytes, PAGE, PAGE);
        write(file, bytes, pages);
        long[] rows = new long[1];
        try (ForeignDatabase database = ForeignDatabase.open(file)) {
            List<String> columns = List.of("key", "value");
            assertThatThrownBy(() -> database.read("t", columns, row -> rows[0]++))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("more than its");
        }
        assertThat(rows[0]).isPositive().isLessThan(Files.size(file));
    }

    /** SQLite reads the schema before anything else; of one row of it, about an index, it takes any number. */
    @Test
    void aSchemaWhosePagesComeAgainEnds() throws Exception {
        Path file = database("CREATE TABLE t (key TEXT PRIMARY KEY, value TEXT)");
        byte[] bytes = Files.readAllBytes(file);
        int first = bytes.length / PAGE + 1;
        byte[] table = schemaWith(bytes, 0);
        byte[][] pages = branches(first, schemaWith(bytes, 1));
        byte[] root = branch(first + pages.length - 1, FILE_HEADER);
        ByteBuffer.wrap(root).putInt(PAGE - 5, first + pages.length); // its first child
        System.arraycopy(root, FILE_HEADER, bytes, FILE_HEADER, PAGE - FILE_HEADER);
        byte[][] all = Arrays.copyOf(pages, pages.length + 1);
        all[pages.length] = table;
        write(file, bytes, all);
        try (ForeignDatabase database = ForeignDatabase.open(file)) {
            assertThatThrownBy(database::tables)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("more than its");
        }
    }

    /** The first page as a leaf of its own, with one of its rows. */
    private static byte[] schemaWith(byte[] database, int row) {
        byte[] leaf = Arrays.copyOf(database, PAGE);
        System.arraycopy(database, FILE_HEADER, leaf, 0, LEAF_HEADER);
        ByteBuffer.wrap(leaf).putShort(3, (short) 1);
        System.arraycopy(database, FILE_HEADER + LEAF_HEADER + 2 * row, leaf, LEAF_HEADER, 2);
        return leaf;
    }

    /** A leaf, to be the page of the given number, and behind it branches, each with nothing but the page before it. */
    private static byte[][] branches(int first, byte[] leaf) {
        byte[][] pages = new byte[7][];
        pages[0] = leaf;
        for (int i = 1; i < pages.length; i++) {
            pages[i] = branch(first + i - 1, 0);
        }
        return pages;
    }

    /** A page that leads to another one as often as it can. */
    private static byte[] branch(int child, int start) {
        ByteBuffer page = ByteBuffer.allocate(PAGE);
        int cells = (PAGE - start - BRANCH_HEADER) / 7;
        page.put(start, BRANCH_OF_TABLE).putShort(start + 3, (short) cells);
        page.putShort(start + 5, (short) (PAGE - 5 * cells)).putInt(start + 8, child);
        for (int i = 0; i < cells; i++) {
            int cell = PAGE - 5 * (i + 1);
            page.putShort(start + BRANCH_HEADER + 2 * i, (short) cell);
            page.putInt(cell, child).put(cell + 4, (byte) 1);
        }
        return page.array();
    }

    private static void write(Path file, byte[] begin, byte[][] more) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(begin.length + more.length * PAGE).put(begin);
        for (byte[] page : more) {
            all.put(page);
        }
        all.putInt(28, all.capacity() / PAGE); // how many pages the header says there are
        Files.write(file, all.array());
    }
}
