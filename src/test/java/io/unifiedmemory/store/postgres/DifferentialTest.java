package io.unifiedmemory.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.RandomTexts;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolCall;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.MovableClock;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of calls of every tool get the same answers on a database file and from two instances on PostgreSQL. The index of the file
 * is built anew before each search: it takes up deletes a little later, and scores them until then, and it knows a
 * word's forms for as long as any memory has one of them.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DifferentialTest {

    private static final int STEPS = 250;

    /** Steps after which everything is compared. */
    private static final int ROUND = 50;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final List<String> USERS = List.of("ada", "Ada", "\u5F20\u4E09");

    private static final List<String> HARD = List.of(
            "",
            "   ",
            "a\0b",
            "\uFDD0",
            "\uFDD00 \uFDD01",
            "100% sure_ly \\ 'quoted' \"words\"",
            "e\u0301 \u00E9",
            "\uD83D\uDC68\u200D\uD83D\uDC69",
            "line\r\nline",
            "AND OR NOT NEAR( *",
            "tea ".repeat(400));

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();

    /** Seeds that are always the same, and one that never is. */
    static LongStream seeds() {
        return LongStream.of(1, 2, new Random().nextLong());
    }

    /** One of the two stores, with the tools on it. */
    private record Side(PrimaryStore store, UnifiedMemory memory, ToolBox tools) implements AutoCloseable {

        static Side of(PrimaryStore store, Clock clock) {
            UnifiedMemory memory = UnifiedMemory.builder()
                    .clock(clock)
                    .primary("store", store, new BackendOptions(true, 1, PATIENCE, 0))
                    .build();
            DatabaseInfo database = DatabaseInfo.ofFile(Path.of("memory.db"), 0, null);
            return new Side(
                    store, memory, new ToolBox(memory, ToolOptions.DEFAULT, clock, "1", () -> database, () -> null));
        }

        String call(String tool, Map<String, Object> arguments) {
            try {
                return Json.write(tools.call(tool, new ToolCall(arguments, Map.of(), Principal.LOCAL))
                        .structured());
            } catch (ToolFailure e) {
                return "failure: " + e.getMessage();
            }
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void bothAnswerAlike(long seed) {
        Random random = new Random(seed);
        TestStores stores = new TestStores(PostgresServer.shared(), clock);
        SqliteDatabase file = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        try (Side sqlite = Side.of(new SqliteStore(file, clock), clock);
                Side one = Side.of(stores.open(), clock);
                Side other = Side.of(stores.open(), clock)) {
            for (int step = 1; step <= STEPS; step++) {
                clock.advance(Duration.ofMillis(1 + random.nextInt(10) * random.nextInt(10_000_000)));
                Side postgres = random.nextBoolean() ? one : other;
                Call call = anyCall(random);
                String context = "seed " + seed + ", step " + step + ", " + call;
                if (call.tool.equals("search")) {
                    sqlite.store.rebuildIndex(percent -> {});
                }
                String expected = sqlite.call(call.tool, call.arguments);
                assertThat(postgres.call(call.tool, call.arguments)).as(context).isEqualTo(expected);
                followPages(call, expected, sqlite, postgres, context);
                if (step % ROUND == 0) {
                    sqlite.store.rebuildIndex(percent -> {});
                    compareAll(sqlite, postgres, random, "seed " + seed + " after step " + step);
                }
            }
        } finally {
            stores.drop();
        }
    }

    private record Call(String tool, Map<String, Object> arguments) {

        Call with(String name, Object value) {
            Map<String, Object> more = new LinkedHashMap<>(arguments);
            more.put(name, value);
            return new Call(tool, more);
        }
    }

    private static void followPages(Call call, String first, Side sqlite, Side postgres, String context) {
        String cursor = cursor(first);
        for (int page = 2; cursor != null && page < 30; page++) {
            Call next = call.with("cursor", cursor);
            String expected = sqlite.call(next.tool, next.arguments);
            assertThat(postgres.call(next.tool, next.arguments))
                    .as(context + ", page " + page)
                    .isEqualTo(expected);
            cursor = cursor(expected);
        }
    }

    private static @Nullable String cursor(String answer) {
        return answer.startsWith("failure")
                ? null
                : (String) Json.parseObject(answer).get("next_cursor");
    }

    private Call anyCall(Random random) {
        String user = RandomTexts.any(USERS, random);
        Call call = switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6 -> store(random);
            case 7 -> new Call("retrieve", Map.of("key", key(random)));
            case 8 -> new Call("retrieve", Map.of("key", key(random), "offset", random.nextInt(5), "max_chars", 7));
            case 9, 10 -> new Call("delete", Map.of("key", key(random)));
            case 11 ->
                random.nextInt(4) > 0
                        ? new Call("cleanup", Map.of("max_age_days", 1 + random.nextInt(3)))
                        : new Call("delete", Map.of("all", true));
            case 12 -> new Call("get_all", Map.of("limit", 1 + random.nextInt(12)));
            default -> search(random);
        };
        return call.with("user_id", user);
    }

    private static String key(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> "Key " + random.nextInt(5);
            case 1 -> "diary/" + random.nextInt(9);
            case 2 -> RandomTexts.word(random);
            case 3 -> "a\0" + random.nextInt(2);
            default -> "key " + random.nextInt(30);
        };
    }

    private static String value(Random random) {
        return random.nextInt(10) == 0 ? RandomTexts.any(HARD, random) : RandomTexts.text(random, 14);
    }

    private static Call store(Random random) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("key", key(random));
        arguments.put("value", value(random));
        if (random.nextBoolean()) {
            arguments.put("metadata", metadata(random));
        }
        return new Call("store", arguments);
    }

    private static Map<String, Object> metadata(Random random) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        if (random.nextBoolean()) {
            metadata.put("session", "s" + random.nextInt(3));
        }
        if (random.nextBoolean()) {
            metadata.put("speaker", RandomTexts.any(List.of("Ann", "Boris", "\0"), random));
        }
        if (random.nextInt(3) == 0) {
            metadata.put("date", "2023-05-0" + (1 + random.nextInt(9)));
        }
        if (random.nextInt(4) == 0) {
            metadata.put("n", RandomTexts.any(List.of(1, 1.0, 1e300, 12_345_678_901L, "1", true), random));
        }
        if (random.nextInt(6) == 0) {
            metadata.put("nested", Map.of("list", List.of(1, "two", Map.of())));
        }
        return metadata;
    }

    private static String query(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> '"' + RandomTexts.text(random, 3) + '"';
            case 1 ->
                RandomTexts.word(random) + " \"" + RandomTexts.word(random) + " " + RandomTexts.word(random) + '"';
            case 2 -> RandomTexts.partOf(RandomTexts.text(random, 4), random);
            case 3 -> misspelt(RandomTexts.word(random), random);
            case 4 -> RandomTexts.any(List.of("May 2023", "7 May", "yesterday", "when", "what and the"), random);
            case 5 -> RandomTexts.any(HARD, random);
            case 6 -> key(random);
            default -> RandomTexts.text(random, 5);
        };
    }

    private static String misspelt(String word, Random random) {
        if (word.length() < 4) {
            return word;
        }
        int at = random.nextInt(word.length() - 1);
        return word.substring(0, at) + word.charAt(at + 1) + word.charAt(at) + word.substring(at + 2);
    }

    private Call search(Random random) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        if (random.nextInt(6) > 0) {
            arguments.put("query", query(random));
        }
        if (random.nextBoolean()) {
            arguments.put("limit", 1 + random.nextInt(8));
        }
        if (random.nextInt(4) == 0) {
            arguments.put("order", "recency");
        }
        if (random.nextInt(5) == 0) {
            arguments.put("since", ago(random));
        }
        if (random.nextInt(5) == 0) {
            arguments.put("until", ago(random));
        }
        if (random.nextInt(5) == 0) {
            arguments.put("metadata", metadata(random));
        }
        if (random.nextInt(6) == 0) {
            arguments.put("key_prefix", RandomTexts.any(List.of("key ", "diary/", "K", "a\0"), random));
        }
        return new Call("search", arguments);
    }

    private String ago(Random random) {
        Instant time = clock.instant().minus(Duration.ofHours(random.nextInt(96)));
        return random.nextBoolean()
                ? time.toString()
                : time.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }

    /** Every memory, and the scores of many searches to the last digit. */
    private static void compareAll(Side sqlite, Side postgres, Random random, String context) {
        for (String user : USERS) {
            assertThat(postgres.store.list(new ListRequest(user, null, 1000)))
                    .as(context + ", " + user)
                    .isEqualTo(sqlite.store.list(new ListRequest(user, null, 1000)));
            for (int i = 0; i < 15; i++) {
                String query = query(random);
                SearchRequest request = new SearchRequest(
                        user,
                        Query.of(query),
                        1 + random.nextInt(40),
                        random.nextInt(4) == 0 ? SearchOrder.RECENCY : SearchOrder.RELEVANCE,
                        SearchFilter.NONE);
                assertThat(postgres.store.search(request))
                        .as(context + ", " + user + " searches " + query)
                        .isEqualTo(sqlite.store.search(request));
            }
        }
        assertThat(postgres.store.users().users(null, 10))
                .isEqualTo(sqlite.store.users().users(null, 10));
    }
}
