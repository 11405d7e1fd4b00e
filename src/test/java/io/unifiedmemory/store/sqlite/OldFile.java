package io.unifiedmemory.store.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What every file in the folder {@code files} of the test resources holds: real ones, each written by a build of its
 * time, of which the README beside them tells.
 */
public final class OldFile {

    /** A server that was never there: everything is owed to it. */
    public static final String DOWN = "down";

    /** A server that refused the {@link #LONG_TEXT} for good, as longer than it takes, and took everything else. */
    public static final String STRICT = "strict";

    public static final String LONG_TEXT = "The airship's log, again and again. ".repeat(284) + "It was a zeppelin.";

    /**
     * A memory that is there.
     *
     * @param words by each of which a search has to find it
     */
    public record Memory(String user, String key, String value, Map<String, Object> metadata, Set<String> words) {}

    /** A memory that was deleted. */
    public record Deleted(String user, String key) {}

    /** A call of a tool, as the builds of all times took it. */
    public record Call(String tool, Map<String, Object> arguments) {}

    public static final List<Memory> MEMORIES = List.of(
            new Memory(
                    "ann",
                    "tea",
                    "green tea in the morning",
                    Map.of("kind", "habit", "cups", 2),
                    Set.of("morning", "ornin", "habit")),
            new Memory("ann", "city", "lives in Lisbon since May 2023", Map.of(), Set.of("Lisbon")),
            new Memory(
                    "ann",
                    "dessert \u00E0 la carte",
                    "cr\u00E8me br\u00FBl\u00E9e au caf\u00E9",
                    Map.of("thread_id", "kitchen"),
                    Set.of("br\u00FBl\u00E9e", "carte")),
            new Memory(
                    "ann",
                    "\u8336\u5712",
                    "\u7947\u5712\u306E\u8336\u5712\u3067\u62B9\u8336\u3092\u98F2\u3093\u3060",
                    Map.of(),
                    Set.of("\u62B9\u8336")),
            new Memory(
                    "ann",
                    "party \uD83C\uDF89",
                    "birthday with \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 and a \uD83C\uDF82",
                    Map.of(),
                    Set.of("birthday", "party")),
            new Memory(
                    "ann",
                    "lines",
                    "first line\nsecond row\r\n\tthird \"one\" \\ with 'quotes'",
                    Map.of("tags", List.of("a", "b"), "nested", Map.of("deep", true), "ratio", 0.5),
                    Set.of("second", "quotes")),
            new Memory("ann", "log", LONG_TEXT, Map.of("source", "archive"), Set.of("zeppelin", "airship")),
            new Memory("bob", "tea", "oolong, no sugar", Map.of(), Set.of("oolong")),
            new Memory(
                    "bob",
                    "\u043D\u0430\u043F\u0438\u0442\u043A\u0438",
                    "\u043B\u044E\u0431\u0438\u0442 \u0447\u0430\u0439 \u0438 \u043A\u043E\u0444\u0435",
                    Map.of(),
                    Set.of("\u043A\u043E\u0444\u0435")),
            new Memory("bob", "plan", "the third plan: sail to Madeira", Map.of("draft", 3), Set.of("Madeira")),
            new Memory("bob", "dog", "Rex, a terrier", Map.of(), Set.of("terrier")),
            new Memory("bob", "allergy", "peanuts, badly", Map.of("kind", "health"), Set.of("peanuts")),
            new Memory("carl", "boat", "a new one after the flood", Map.of(), Set.of("flood")));

    public static final List<Deleted> DELETED = List.of(
            new Deleted("ann", "address"),
            new Deleted("bob", "password"),
            new Deleted("carl", "house"),
            new Deleted("carl", "never there"));

    /** Words of what was replaced or deleted. */
    public static final Map<String, Set<String>> GONE = Map.of(
            "ann", Set.of("Porto", "Harbour"), "bob", Set.of("swordfish", "Bella", "Azores"), "carl", Set.of("attic"));

    private OldFile() {}

    /** The calls that make a file, one after the other. */
    public static List<Call> calls() {
        List<Call> before = List.of(
                store("ann", "city", "lives in Porto", Map.of("replaced", true)),
                store("ann", "address", "Harbour Street 1", Map.of()),
                store("bob", "password", "swordfish", Map.of()),
                store("bob", "plan", "the first plan: the Azores", Map.of("draft", 1)),
                store("bob", "plan", "the second plan: the Azores by plane", Map.of("draft", 2)),
                store("bob", "dog", "Bella, a spaniel", Map.of()),
                store("carl", "house", "with an attic", Map.of()),
                store("carl", "boat", "in the attic", Map.of()),
                new Call("delete", Map.of("user_id", "ann", "key", "address")),
                new Call("delete", Map.of("user_id", "bob", "key", "password")),
                new Call("delete", Map.of("user_id", "bob", "key", "dog")),
                new Call("delete", Map.of("user_id", "carl", "all", true)));
        List<Call> calls = new ArrayList<>(before);
        for (Memory memory : MEMORIES) {
            calls.add(store(memory.user(), memory.key(), memory.value(), memory.metadata()));
        }
        return calls;
    }

    private static Call store(String user, String key, String value, Map<String, Object> metadata) {
        return new Call("store", Map.of("user_id", user, "key", key, "value", value, "metadata", metadata));
    }

    /** Copies the file that a build of the schema of that version wrote. */
    public static Path copy(int version, Path to) throws IOException {
        try (InputStream in = OldFile.class.getResourceAsStream("files/v" + version + ".db")) {
            if (in == null) {
                throw new AssertionError("no file of schema " + version + " is kept: see files/README.md");
            }
            Files.copy(in, to);
        }
        return to;
    }

    /** Reads a file as it lies there, without the code under test. */
    public static List<List<Object>> rows(Path file, String sql) throws SQLException {
        List<List<Object>> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getObject(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }
}
