package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * Measures search and store within one process and prints a table. Argument: {@code --entries} with the numbers of
 * memories, separated by commas. A measurement ends after 20 seconds, so that a million takes about ten minutes.
 */
final class SearchBenchmark {

    private static final int USERS = 50;
    private static final int LIMIT = 10;
    private static final int WARM_UP = 300;
    private static final int ROUNDS = 1_000;
    private static final int STORES = 3_000;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int BATCH = 5_000;
    private static final long START = 1_767_225_600_000L;

    private final int entries;
    private final SqliteDatabase database;
    private final SqliteBackend backend;
    private final Path file;
    private int stored;
    private final Random random = new Random(1);
    private final StringBuilder row = new StringBuilder("| ");

    private SearchBenchmark(Path file, int entries) {
        this.entries = entries;
        this.file = file;
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
        boolean given = arguments.length == 2 && arguments[0].equals("--entries");
        for (String entries : (given ? arguments[1] : "10000,100000").split(",", -1)) {
            new SearchBenchmark(Files.createTempFile("search-benchmark", ".db"), Integer.parseInt(entries)).run();
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
                    ROUNDS,
                    i -> backend.search(new SearchRequest("user " + i % USERS, query.apply(i), LIMIT))
                            .size()));
        }
        String store = measure(STORES, this::store);
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
        backend.close();
        Files.delete(file);
    }

    private void cell(String text) {
        row.append(text).append(" | ");
    }

    private void load() {
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

    private int store(int ignored) {
        backend.store(entry(entries + stored++));
        return stored;
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
    private String measure(int rounds, IntUnaryOperator call) {
        long[] nanos = new long[rounds];
        long end = System.nanoTime() + LONGEST_NANOS;
        int measured = 0;
        long done = 0;
        for (int i = 0; measured < rounds && (measured == 0 || System.nanoTime() < end); i++) {
            long start = System.nanoTime();
            done += call.applyAsInt((int) (7_919L * i % entries));
            if (i >= WARM_UP || start > end - LONGEST_NANOS / 2) {
                nanos[measured++] = System.nanoTime() - start;
            }
        }
        if (done == 0) {
            throw new IllegalStateException("nothing was found or stored");
        }
        Arrays.sort(nanos, 0, measured);
        return "%,d / %,d".formatted(nanos[measured / 2] / 1_000, nanos[measured * 99 / 100] / 1_000);
    }

    private long bytes() {
        return database.<Long>read(session -> session.number("PRAGMA page_count") * session.number("PRAGMA page_size"));
    }
}
