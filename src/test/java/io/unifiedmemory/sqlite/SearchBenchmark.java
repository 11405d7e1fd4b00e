package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Measures search and store within one process and prints a table. Arguments: folder for the databases, numbers of
 * memories, separated by commas.
 */
final class SearchBenchmark {

    private static final int USERS = 50;
    private static final int LIMIT = 10;
    private static final int WARM_UP = 300;
    private static final int ROUNDS = 1_000;
    private static final int STORES = 3_000;
    private static final int BATCH = 5_000;
    private static final long START = 1_767_225_600_000L;

    private final int entries;
    private final SqliteDatabase database;
    private final SqliteBackend backend;
    private final Path file;
    private final Random random = new Random(1);
    private final StringBuilder row = new StringBuilder("| ");

    private SearchBenchmark(Path folder, int entries) {
        this.entries = entries;
        this.file = folder.resolve("memory-" + entries + ".db");
        this.database = new SqliteDatabase(SqliteOptions.of(file));
        this.backend = new SqliteBackend(database);
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("""
                Microseconds, p50 / p99; of %d users. Beside the search, in brackets, one MATCH by rank for the same words
                through the same driver, over an FTS5 table of all users' values in the same file.

                | memories | rare word | word in 1 %% | ten words | two letters | store | bytes/memory | of these index | \
                build s |
                | --- | --- | --- | --- | --- | --- | --- | --- | --- |""".formatted(USERS));
        for (String entries : arguments[1].split(",", -1)) {
            new SearchBenchmark(Path.of(arguments[0]), Integer.parseInt(entries)).run();
        }
    }

    private void run() throws Exception {
        load();
        long withoutIndex = bytes();
        long start = System.nanoTime();
        backend.rebuildIndex(percent -> {});
        double buildSeconds = (System.nanoTime() - start) / 1e9;
        long withIndex = bytes();
        cell("%,d".formatted(entries));
        List<IntFunction<String>> queries = List.of(
                GeneratedText::rareWord,
                i -> GeneratedText.wordOfOnePercent(random),
                i -> GeneratedText.question(i, random),
                i -> GeneratedText.rareWord(i).substring(1, 3));
        List<String> searches = new ArrayList<>();
        for (IntFunction<String> query : queries) {
            searches.add(measure(
                    ROUNDS, i -> backend.search(new SearchRequest("user " + i % USERS, query.apply(i), LIMIT))));
        }
        String store = measure(STORES, i -> backend.store(entry(entries + i)));
        addBareTable();
        for (int kind = 0; kind < 4; kind++) {
            IntFunction<String> query = queries.get(kind);
            String bare = kind == 3 ? "-" : measure(ROUNDS, i -> bare(query.apply(i)));
            cell(searches.get(kind) + " (" + bare + ")");
        }
        cell(store);
        cell("%,d".formatted(withIndex / entries));
        cell("%,d".formatted((withIndex - withoutIndex) / entries));
        cell("%.1f".formatted(buildSeconds));
        System.out.println(row);
        tables();
        backend.close();
        Files.delete(file);
    }

    private void cell(String text) {
        row.append(text).append(" | ");
    }

    private void load() {
        database.<Integer>write(tx -> tx.update("DELETE FROM memory"));
        for (int from = 0; from < entries; from += BATCH) {
            int first = from;
            database.<Integer>write(tx -> {
                for (int i = first; i < Math.min(entries, first + BATCH); i++) {
                    MemoryEntry entry = entry(i);
                    tx.update(
                            "INSERT INTO memory (user_id, key, value, metadata, created_at, updated_at, version) "
                                    + "VALUES (?1, ?2, ?3, '{}', ?4, ?4, ?5)",
                            entry.userId(),
                            entry.key(),
                            entry.value(),
                            START + i,
                            entry.version().stamp());
                }
                return 0;
            });
        }
    }

    private static MemoryEntry entry(int number) {
        Instant time = Instant.ofEpochMilli(START + number);
        return new MemoryEntry(
                "user " + number % USERS,
                "note " + number,
                GeneratedText.value(number),
                Map.of(),
                time,
                time,
                Version.atMillis(START + number));
    }

    private void addBareTable() {
        database.<Integer>write(tx -> {
            tx.script("CREATE VIRTUAL TABLE bare USING fts5 (value, content = 'memory', content_rowid = 'id')");
            return tx.update("INSERT INTO bare (bare) VALUES ('rebuild')");
        });
    }

    private int bare(String words) {
        String expression = words.replace("?", "").replace(" ", " OR ");
        return database.<Integer>read(session -> {
            try (ResultSet hits = session.query(
                    "SELECT rowid FROM bare WHERE bare MATCH ?1 ORDER BY rank LIMIT ?2", expression, LIMIT)) {
                int count = 0;
                while (hits.next()) {
                    count++;
                }
                return count;
            }
        });
    }

    /** Without those that warm up the caches and the JVM. */
    private String measure(int rounds, IntFunction<Object> call) {
        long[] nanos = new long[rounds];
        for (int i = -WARM_UP; i < rounds; i++) {
            long start = System.nanoTime();
            Object answer = call.apply(Math.floorMod(7_919 * i, entries));
            if (answer == null) {
                throw new AssertionError("nothing was measured");
            }
            if (i >= 0) {
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return "%,d / %,d".formatted(nanos[rounds / 2] / 1_000, nanos[rounds * 99 / 100] / 1_000);
    }

    private long bytes() throws IOException {
        return database.<Long>read(session -> session.number("PRAGMA page_count") * session.number("PRAGMA page_size"));
    }

    private void tables() {
        try {
            database.<Integer>read(session -> {
                try (ResultSet rows =
                        session.query("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC")) {
                    while (rows.next()) {
                        System.err.println(rows.getString(1) + " " + rows.getLong(2) / entries);
                    }
                }
                return 0;
            });
        } catch (RuntimeException e) {
            System.err.println(e);
        }
    }
}
