package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.GeneratedText;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Measures searches and other calls within one process and prints a table. Arguments: {@code --entries} with the numbers of
 * memories, separated by commas, and {@code --users} with how many have them. A measurement ends after 10 seconds.
 */
final class SearchBenchmark {

    private static final String SOME_USERS = "50";
    private static final int LIMIT = 10;
    private static final int WARM_UP = 4_000;
    private static final int ROUNDS = 1_000;
    private static final int BARE_ROUNDS = 50;
    private static final int BARE_WARM_UP = 10;
    private static final int STORES = 3_000;
    private static final int STORES_WARM_UP = 1_000;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int BATCH = 20_000;
    private static final int PAGE = 500;
    private static final int PAGE_CHARS = 1_000_000;
    private static final long START = 1_767_225_600_000L;

    private final int entries;
    private final int users;
    private final SqliteDatabase database;
    private final SqliteStore backend;
    private final Path file;
    private int stored;
    private final Random random = new Random(1);
    private final StringBuilder row = new StringBuilder("| ");

    private SearchBenchmark(Path file, int entries, int users) {
        this.entries = entries;
        this.users = users;
        this.file = file;
        this.database = new SqliteDatabase(SqliteOptions.of(file));
        this.backend = new SqliteStore(database);
    }

    public static void main(String[] arguments) throws Exception {
        int users = Integer.parseInt(option(arguments, "--users", SOME_USERS));
        System.out.println("""
                Microseconds, p50 / p99, of %d users. A walk reads all memories of one, page by page. Bare is one MATCH by rank for the same words over an FTS5 table of all
                users' values in the same file, without Java: one statement runs it for many words; p50.

                | memories | rare word | bare | word in 1 %% | bare | ten words | bare | two letters | store | retrieve | walk/s | \
                bytes/memory | of these index | build s | bare build s |
                | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |""".formatted(users));
        for (String entries :
                option(arguments, "--entries", "10000,100000,1000000").split(",", -1)) {
            Path file = Files.createTempFile("search-benchmark", ".db");
            new SearchBenchmark(file, Integer.parseInt(entries), users).run();
        }
    }

    private static String option(String[] arguments, String name, String otherwise) {
        int place = List.of(arguments).indexOf(name);
        return place < 0 ? otherwise : arguments[place + 1];
    }

    private void run() throws Exception {
        load();
        long withoutIndex = bytes();
        double buildSeconds = seconds(() -> backend.rebuildIndex(percent -> {}));
        long withIndex = bytes();
        String store = measure(STORES, STORES_WARM_UP, 1, this::store);
        IntFunction<String> rare = GeneratedText::rareWord;
        IntFunction<String> common = i -> GeneratedText.wordOfOnePercent(random);
        IntFunction<String> question = i -> GeneratedText.question(i, random);
        IntFunction<String> letters = i -> GeneratedText.rareWord(i).substring(1, 3);
        String rareWord = search(rare);
        String commonWord = search(common);
        String tenWords = search(question);
        String twoLetters = search(letters);
        String retrieve = measure(ROUNDS, WARM_UP, 1, this::retrieve);
        String walk = walk();
        double bareSeconds = seconds(this::addBareTable);
        cell("%,d".formatted(entries));
        cell(rareWord);
        cell(bare(rare, 100));
        cell(commonWord);
        cell(bare(common, 10));
        cell(tenWords);
        cell(bare(question, 1));
        cell(twoLetters);
        cell(store);
        cell(retrieve);
        cell(walk);
        cell("%,d".formatted(withIndex / entries));
        cell("%,d".formatted((withIndex - withoutIndex) / entries));
        cell("%.1f".formatted(buildSeconds));
        cell("%.1f".formatted(bareSeconds));
        System.out.println(row.toString().strip());
        backend.close();
        Files.delete(file);
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private String search(IntFunction<String> query) {
        return measure(
                ROUNDS,
                WARM_UP,
                1,
                i -> backend.search(new SearchRequest("user " + i % users, Query.of(query.apply(i)), LIMIT))
                        .entries()
                        .size());
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

    private MemoryEntry entry(int number) {
        Instant time = Instant.ofEpochMilli(START + number);
        return new MemoryEntry(
                "user " + number % users,
                "note " + number,
                GeneratedText.value(number),
                Map.of(),
                time,
                time,
                HlcTimestamp.atMillis(START + number));
    }

    private int store(int ignored) {
        backend.store(entry(entries + stored++));
        return stored;
    }

    private int retrieve(int number) {
        MemoryEntry entry = entry(number);
        return backend.retrieve(entry.userId(), entry.key()) instanceof Lookup.Found ? 1 : 0;
    }

    /** How many memories per second somebody reads who lists all of one user. */
    private String walk() {
        String user = entry(0).userId();
        long start = System.nanoTime();
        int read = 0;
        String last = null;
        boolean more = true;
        while (more) {
            Page page = backend.list(new ListRequest(user, last, PAGE, PAGE_CHARS));
            read += page.entries().size();
            more = page.more();
            last = page.entries().get(page.entries().size() - 1).key();
        }
        return "%,d".formatted((long) (read * 1e9 / (System.nanoTime() - start)));
    }

    private void addBareTable() {
        database.<Integer>write(tx -> {
            tx.script("CREATE VIRTUAL TABLE bare USING fts5 (value, content = 'memory', content_rowid = 'id')");
            return tx.update("INSERT INTO bare (bare) VALUES ('rebuild')");
        });
    }

    /** @param together queries in one statement */
    private String bare(IntFunction<String> query, int together) {
        String sql = """
                SELECT sum((SELECT count(*) FROM (
                    SELECT rowid FROM bare WHERE bare MATCH word.value ORDER BY rank LIMIT %d)))
                FROM json_each(?1) word""".formatted(LIMIT);
        String both = measure(BARE_ROUNDS, BARE_WARM_UP, together, i -> {
            List<String> expressions = IntStream.range(i, i + together)
                    .mapToObj(j -> query.apply(j % entries).replace("?", "").replace(" ", " OR "))
                    .toList();
            return database.<Long>read(session -> session.number(sql, Json.write(expressions)))
                    .intValue();
        });
        return both.substring(0, both.indexOf(' '));
    }

    /** Without those that warm up the caches and the JVM. */
    private String measure(int rounds, int warmUp, int together, IntUnaryOperator call) {
        long[] nanos = new long[rounds];
        long begin = System.nanoTime();
        int measured = 0;
        long done = 0;
        for (int i = 0; measured < rounds && (measured == 0 || System.nanoTime() - begin < LONGEST_NANOS); i++) {
            long start = System.nanoTime();
            done += call.applyAsInt((int) (7_919L * i % entries));
            if (i >= warmUp || start - begin > LONGEST_NANOS / 2) {
                nanos[measured++] = (System.nanoTime() - start) / together;
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
