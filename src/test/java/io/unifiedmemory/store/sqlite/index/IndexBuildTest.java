package io.unifiedmemory.store.sqlite.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.harness.Eventually;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Expression;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.text.Analyzer;
import io.unifiedmemory.search.text.Token;
import io.unifiedmemory.store.sqlite.ChildJvm;
import io.unifiedmemory.store.sqlite.MemoryTable;
import io.unifiedmemory.store.sqlite.OldFile;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.UpToDate;
import io.unifiedmemory.store.sqlite.WriterMain;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexBuildTest {

    private static final List<String> WORDS = List.of(
            "garden",
            "gardens",
            "heron",
            "went",
            "go",
            "Lisbon",
            "tea",
            "teapot",
            "the",
            "when",
            "\u8336\u56ED",
            "caf\u00E9",
            "photography",
            "2023",
            "May",
            "Ann",
            "Bob",
            "yesterday",
            "is",
            "\uD83D\uDE00");

    private static final List<String> QUERIES = List.of(
            "garden",
            "When did Ann go to Lisbon?",
            "heron tea",
            "photogr",
            "gardn",
            "\u8336\u56ED",
            "cafe",
            "what happened in May 2023",
            "Bob",
            "ea",
            "the");

    @TempDir
    Path folder;

    private SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(Path.of("unused")));
    private SqliteStore backend = new SqliteStore(database);
    private long clock;

    @BeforeEach
    void open() {
        database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        backend = new SqliteStore(database);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void aFileOfAnEarlierSchemaIsSearchedAsWellAsANewOne() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            store(random, "key " + i);
        }
        UpToDate.bring(database);
        Map<String, List<String>> expected = results();
        backend.close();
        toEarlierSchema();
        open();

        assertThat(results()).as("before and while it is built").isEqualTo(expected);
        IndexBuild build = new IndexBuild(new SearchIndex());
        int percent = 0;
        while (percent != IndexBuild.COMPLETE) {
            percent = database.<Integer>write(build::step);
        }
        assertThat(results()).as("once it is built").isEqualTo(expected);
        assertThat(backend.check().detail()).doesNotContain("percent");
    }

    @Test
    void aBuildGoesOnWhereItStopped() throws Exception {
        Random random = new Random(2);
        IntStream.range(0, 500).forEach(i -> store(random, "key " + i));
        UpToDate.bring(database);
        Map<String, List<String>> expected = results();
        backend.close();
        IndexBuild build = new IndexBuild(new SearchIndex());
        // Without the backend, whose thread would go on with the build.
        try (SqliteDatabase stopped = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")))) {
            stopped.<Integer>write(tx -> {
                build.restart(tx);
                return build.step(tx);
            });
            assertThat(stopped.<Integer>read(build::percent)).isBetween(1, 98);
            assertThat(stopped.<Boolean>read(session -> build.covers(session, "user")))
                    .isFalse();
        }
        open();

        assertThat(results()).isEqualTo(expected);
        backend.close();
        open();
        assertThat(results()).isEqualTo(expected);
    }

    @Test
    void whatIsWrittenWhileTheIndexIsBuiltIsInIt() throws Exception {
        Random random = new Random(3);
        IntStream.range(0, 500).forEach(i -> store(random, "key " + i));
        IndexBuild build = new IndexBuild(new SearchIndex());
        database.<Integer>write(tx -> {
            build.restart(tx);
            return build.step(tx);
        });
        IntStream.range(450, 550).forEach(i -> store(random, "key " + i));
        IntStream.range(0, 20).forEach(i -> backend.delete("user", "key " + 24 * i, version()));
        UpToDate.bring(database);
        Map<String, List<String>> before = results();

        backend.rebuildIndex(percent -> {});

        assertThat(results()).isEqualTo(before);
    }

    /** A process of an earlier build that is still open writes by its rules at any time. */
    @Test
    void whatAnEarlierBuildReadIsReadAgainInTheBackgroundAndFoundMeanwhile() throws Exception {
        Random random = new Random(5);
        IntStream.range(0, 150).forEach(i -> store(random, "key " + i));
        backend.store(new MemoryEntry(
                "user", "code", "parseInvoiceHeader fails", Map.of(), Instant.EPOCH, Instant.EPOCH, version()));
        UpToDate.bring(database);
        Map<String, List<String>> expected = results();
        long uses = database.<Long>read(handle -> handle.number("SELECT sum(uses) FROM search_word"));
        backend.close();
        // Without the backend, whose thread would read again at once.
        try (SqliteDatabase earlier = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")))) {
            readAsAnEarlierBuildDid(earlier, "parseinvoiceheader", "pars", "invoic", "header");
        }
        open();

        assertThat(find("parseInvoiceHeader")).first().isEqualTo("code");
        assertThat(results()).isEqualTo(expected);

        Eventually.await(
                () -> find("invoice header, please").contains("code")
                        && database.<Long>read(handle -> handle.number("SELECT min(analysis) FROM search_entry")) == 1,
                () -> "everything is read again");
        assertThat(results()).isEqualTo(expected);
        assertThat(database.<Long>read(handle -> handle.number("SELECT sum(uses) FROM search_word")))
                .isEqualTo(uses);
    }

    /** Leaves one term of the memory in the index, and no note that it was read by today's rules. */
    private static void readAsAnEarlierBuildDid(SqliteDatabase database, String left, String... gone) {
        database.<Integer>write(tx -> {
            long user = tx.number("SELECT number FROM search_user WHERE user_id = 'user'");
            TermCodec codec = new TermCodec(user);
            long hit = tx.number(
                    "SELECT rowid FROM search_term WHERE search_term MATCH ?1", codec.match(Expression.stem(left)));
            for (String term : gone) {
                assertThat(tx.number(
                                "SELECT count(*) FROM search_term WHERE search_term MATCH ?1",
                                codec.match(Expression.stem(term))))
                        .isPositive();
            }
            tx.update("DELETE FROM search_term WHERE rowid = ?1", hit);
            tx.update(
                    "INSERT INTO search_term (rowid, terms) VALUES (?1, ?2)",
                    hit,
                    codec.encode(List.of(new Expression.Term(Expression.Kind.STEM, left))));
            tx.update("UPDATE search_entry SET analysis = 0");
            return 0;
        });
    }

    private List<String> find(String query) {
        return backend.search(new SearchRequest("user", Query.of(query), 5)).entries().stream()
                .map(MemoryEntry::key)
                .toList();
    }

    @Test
    void afterAnyHistoryTheIndexFindsWhatARebuiltOneFinds() {
        Random random = new Random(4);
        for (int round = 0; round < 6; round++) {
            for (int step = 0; step < 150; step++) {
                String key = "key " + random.nextInt(80);
                int choice = random.nextInt(40);
                if (choice == 0) {
                    backend.deleteAll("user", version());
                } else if (choice == 1) {
                    backend.expire("user", Instant.ofEpochMilli(clock - 60), version());
                } else if (choice < 10) {
                    backend.delete("user", key, version());
                } else if (choice == 10) {
                    assertThatThrownBy(() -> storeAndFail(random, key)).isInstanceOf(IllegalStateException.class);
                } else {
                    store(random, key);
                }
            }
            UpToDate.bring(database);
            Map<String, List<String>> grown = results();
            List<String> grownWords = words();
            List<String> grownUses = uses();
            List<Integer> told = new ArrayList<>();
            backend.rebuildIndex(told::add);

            assertThat(results()).as("round " + round).isEqualTo(grown);
            assertThat(told).isSorted().endsWith(100);
            assertThat(grownWords).containsAll(words());
            assertThat(grownUses).containsAll(uses());
            assertThat(terms(grownWords)).isEqualTo(terms(words()));
        }
    }

    @Test
    void wordsThatNoMemoryHasAnyMoreLeaveTheDictionary() {
        IntStream.range(0, 100).forEach(i -> store("user", "key " + i, "password" + i + "x stays", Map.of()));
        IntStream.range(0, 50).forEach(i -> backend.delete("user", "key " + i, version()));
        IntStream.range(50, 100).forEach(i -> store("user", "key " + i, "replaced, it stays", Map.of()));

        UpToDate.bring(database);
        assertThat(words()).contains("replaced", "stays", "key").noneMatch(word -> word.startsWith("password"));
        assertThat(strings("SELECT gram FROM search_gram")).noneMatch("password"::contains);

        backend.deleteAll("user", version());
        UpToDate.bring(database);
        assertThat(words()).isEmpty();
        assertThat(strings("SELECT gram FROM search_gram")).isEmpty();
    }

    @Test
    void aKilledProcessLeavesTheIndexThatARebuildMakes() throws Exception {
        backend.check();
        String file = folder.resolve("memory.db").toString();
        for (int round = 1; round <= 3; round++) {
            try (ChildJvm writer = ChildJvm.start(List.of(), WriterMain.class, file, "user", "100000")) {
                writer.await("ready");
                writer.writeLine("go");
                writer.await("ack " + 170 * round);
                writer.kill();
                writer.awaitEnd();
            }
            UpToDate.bring(database);
            List<String> entries = strings("SELECT concat_ws(' ', id, document, words) FROM search_entry");
            List<String> words = words();
            List<String> found = found("memory 150", "umber", "key-16", "usr");

            backend.rebuildIndex(percent -> {});

            assertThat(entries).hasSizeGreaterThan(170 * round);
            assertThat(strings("SELECT concat_ws(' ', id, document, words) FROM search_entry"))
                    .isEqualTo(entries);
            assertThat(words()).isEqualTo(words);
            assertThat(found("memory 150", "umber", "key-16", "usr")).isEqualTo(found);
        }
    }

    private List<String> found(String... queries) {
        return Stream.of(queries)
                .flatMap(query -> backend.search(new SearchRequest("user", Query.of(query), 100)).entries().stream())
                .map(MemoryEntry::key)
                .toList();
    }

    private List<String> words() {
        return strings("SELECT form FROM search_word ORDER BY user, form");
    }

    private List<String> uses() {
        return strings("SELECT concat_ws(' ', form, uses) FROM search_word ORDER BY user, form");
    }

    private static Set<String> terms(List<String> words) {
        return words.stream()
                .flatMap(word -> Analyzer.tokens(word).stream())
                .map(Token::term)
                .collect(Collectors.toSet());
    }

    private List<String> strings(String sql) {
        return database.<List<String>>read(session -> {
            List<String> strings = new ArrayList<>();
            try (ResultSet rows = session.query(sql)) {
                while (rows.next()) {
                    strings.add(rows.getString(1));
                }
            }
            return strings;
        });
    }

    @Test
    void usersKeepTheirWordsToThemselves() {
        Random random = new Random(5);
        IntStream.range(0, 100).forEach(i -> store(random, "key " + i));
        store("stranger", "secret", "photographer of herons", Map.of());

        for (String query : List.of("photographe", "photographer", "herons", "secrt", "secret", "ph", "stranger")) {
            assertThat(backend.search(new SearchRequest("user", Query.of(query), 1000))
                            .entries())
                    .allMatch(hit -> hit.userId().equals("user"));
        }
        assertThat(backend.search(new SearchRequest("stranger", Query.of("garden"), 10))
                        .entries())
                .isEmpty();
    }

    /** The hits of every query. */
    private Map<String, List<String>> results() {
        return QUERIES.stream()
                .collect(Collectors.toMap(
                        query -> query,
                        query -> backend.search(new SearchRequest("user", Query.of(query), 50)).entries().stream()
                                .map(MemoryEntry::key)
                                .toList()));
    }

    /** Puts the memories into a file as it was before there was this index. */
    private void toEarlierSchema() throws Exception {
        Path file = folder.resolve("memory.db");
        Path earlier = OldFile.copy(2, folder.resolve("earlier.db"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + earlier);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("ATTACH '" + file + "' AS present");
            statement.executeUpdate("""
                    DELETE FROM memory;
                    INSERT INTO memory_text (memory_text) VALUES ('delete-all');
                    INSERT INTO memory
                        SELECT id, user_id, key, value, metadata, created_at, updated_at, version FROM present.memory;
                    INSERT INTO memory_text (rowid, key, value) SELECT id, key, value FROM memory;""");
        }
        Files.move(earlier, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private void store(Random random, String key) {
        backend.store(entry(random, key));
    }

    private void storeAndFail(Random random, String key) {
        database.write(tx -> {
            new MemoryTable().store(tx, entry(random, key));
            throw new IllegalStateException("after the store");
        });
    }

    private MemoryEntry entry(Random random, String key) {
        String value = IntStream.range(0, 1 + random.nextInt(9))
                .mapToObj(i -> WORDS.get(random.nextInt(WORDS.size())))
                .collect(Collectors.joining(" ", "", random.nextInt(3) == 0 ? "?" : ""));
        Map<String, Object> metadata = random.nextBoolean()
                ? Map.of()
                : Map.of(
                        "thread_id",
                        random.nextInt(5),
                        "date",
                        "2023-0" + (1 + random.nextInt(9)) + "-01",
                        "who",
                        WORDS.get(15 + random.nextInt(2)));
        return entry("user", key, value, metadata);
    }

    private void store(String user, String key, String value, Map<String, Object> metadata) {
        backend.store(entry(user, key, value, metadata));
    }

    private MemoryEntry entry(String user, String key, String value, Map<String, Object> metadata) {
        HlcTimestamp version = version();
        Instant time = Instant.ofEpochMilli(version.millis());
        return new MemoryEntry(user, key, value, metadata, time, time, version);
    }

    private HlcTimestamp version() {
        return HlcTimestamp.atMillis(++clock);
    }
}
