package io.unifiedmemory.unified.reads;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.FaultyBackend;
import io.unifiedmemory.unified.FaultyStore;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the hits of several backends become one ranking, and what a late or foolish one can do to it: nothing. */
class SearchPathTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private final InMemoryBackend localStore = new InMemoryBackend();
    private final InMemoryBackend upstreamStore = new InMemoryBackend();
    private final FaultyBackend local = new FaultyBackend(localStore);
    private final FaultyBackend upstream = new FaultyBackend(upstreamStore);

    @TempDir
    private Path folder;

    private @Nullable SqliteDatabase database;
    private @Nullable UnifiedMemory opened;

    @BeforeEach
    void openDatabase() {
        database = new SqliteDatabase(SqliteOptions.of(folder.resolve("outbox.db")));
    }

    @AfterEach
    void close() {
        Objects.requireNonNull(opened).close();
        Objects.requireNonNull(database).close();
    }

    @Test
    void aHitThatOnlyTheUpstreamHasTakesItsPlace() {
        local.answerSearches(IntStream.range(0, 20)
                .mapToObj(i -> entry("here " + i, "she drinks " + i, i))
                .toList());
        upstream.answerSearches(List.of(entry("there", "a hot infusion of leaves", 99)));

        List<String> keys = keys(memory(LONG, LONG).search(request("What does she drink?", 10), AlreadyShown.NOTHING));

        assertThat(keys.subList(0, 6)).containsExactly("here 0", "here 1", "here 2", "here 3", "there", "here 4");
    }

    @Test
    void whatContainsTheWholeQueryComesFirstWhoeverFoundIt() {
        for (int i = 0; i < 5; i++) {
            localStore.store(entry("here " + i, "green tea " + i, i));
        }
        upstream.answerSearches(List.of(
                entry("vague 1", "something to drink", 50),
                entry("vague 2", "something green", 51),
                entry("exact", "my GREEN tea pot", 52)));

        SearchResult result = memory(LONG, LONG).search(request("green tea", 10), AlreadyShown.NOTHING);

        assertThat(keys(result).subList(0, 6)).contains("exact").allMatch(key -> !key.startsWith("vague"));
        assertThat(result.hits())
                .extracting(SearchResult.FusedHit::score)
                .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }

    @Test
    void whatBothFoundComesBeforeWhatOneFound() {
        localStore.store(entry("only here", "a b", 5));
        localStore.store(entry("both", "a c", 1));
        upstream.answerSearches(List.of(entry("both", "a c", 1)));

        SearchResult result = memory(LONG, LONG).search(request("a", 10), AlreadyShown.NOTHING);

        assertThat(keys(result)).containsExactly("both", "only here");
        assertThat(result.hits().get(0).backends()).containsExactly("sqlite", "up");
    }

    @Test
    void rubbishOfAnUpstreamIsLeftOut() {
        MemoryEntry known = entry("known", "tea", 1);
        localStore.store(known);
        localStore.store(entry("older there", "tea of today", 60));
        localStore.delete(
                "u", "deleted", HlcTimestamp.atMillis(NOON.plusSeconds(100).toEpochMilli()));
        List<MemoryEntry> rubbish = new ArrayList<>();
        rubbish.add(new MemoryEntry("somebody else", "private", "tea", Map.of(), NOON, NOON, HlcTimestamp.NONE));
        rubbish.add(entry("deleted", "tea that was deleted", 50));
        rubbish.add(entry("older there", "tea of yesterday", 30));
        rubbish.add(entry("too old", "tea", -86_400));
        IntStream.range(0, 5000).forEach(i -> rubbish.add(known));
        rubbish.add(entry("last", "tea", 3));
        upstream.answerSearches(rubbish);
        SearchFilter filter = new SearchFilter(NOON, null, Map.of(), null);

        SearchResult result = memory(LONG, LONG)
                .search(
                        new SearchRequest("u", Query.of("tea"), 10, SearchOrder.RELEVANCE, filter),
                        AlreadyShown.NOTHING);

        assertThat(keys(result)).containsExactlyInAnyOrder("known", "older there", "last");
        assertThat(result.hits())
                .extracting(hit -> hit.entry().value())
                .contains("tea of today")
                .doesNotContain("tea of yesterday");
        assertThat(result.problems()).isEmpty();
    }

    @Test
    void thousandsOfHitsOfAnUpstreamNeitherFillTheResultNorLeadIt() {
        for (int i = 0; i < 10; i++) {
            localStore.store(entry("here " + i, "which tea " + i, i));
        }
        upstream.answerSearches(IntStream.range(0, 20_000)
                .mapToObj(i -> entry("noise " + i, "noise", i))
                .toList());

        List<String> keys = keys(memory(LONG, LONG).search(request("tea", 10), AlreadyShown.NOTHING));

        assertThat(keys).hasSize(10).allMatch(key -> key.startsWith("here"));
    }

    @Test
    void anUpstreamThatFailsUnexpectedlyIsReportedAndSpoilsNothing() {
        localStore.store(entry("k", "tea", 1));
        upstream.fail(100, Kind.BROKEN);

        SearchResult result = memory(LONG, LONG).search(request("tea", 10), AlreadyShown.NOTHING);

        assertThat(keys(result)).containsExactly("k");
        assertThat(result.problems()).containsOnlyKeys("up");
    }

    @Test
    void aHungUpstreamIsLeftBehindAfterThePatienceAndNotWaitedForAgain() throws InterruptedException {
        localStore.store(entry("k", "tea", 1));
        CountDownLatch opens = upstream.hang();
        UnifiedMemory memory = memory(LONG, Duration.ofMillis(30));

        SearchResult first = memory.search(request("tea", 10), AlreadyShown.NOTHING);
        upstream.awaitWaiting();
        int calls = upstream.calls();
        SearchResult second = memory.search(request("tea", 10), AlreadyShown.NOTHING);

        assertThat(keys(first)).containsExactly("k");
        assertThat(first.problems().get("up")).contains("had not answered 30 ms after the local database");
        assertThat(keys(second)).containsExactly("k");
        assertThat(second.problems().get("up")).contains("has not answered an earlier call yet");
        assertThat(upstream.calls()).isEqualTo(calls);
        opens.countDown();
    }

    @Test
    void aLateUpstreamKeepsItsGoodNameAndIsAskedAgainAfterItsAnswer() {
        upstreamStore.store(entry("theirs", "tea", 1));
        CountDownLatch opens = upstream.hang();
        UnifiedMemory memory = memory(LONG, Duration.ofMillis(1));
        assertThat(memory.search(request("tea", 10), AlreadyShown.NOTHING).problems())
                .containsKey("up");

        upstream.recover();
        opens.countDown();

        SearchResult result;
        do {
            result = memory.search(request("tea", 10), AlreadyShown.NOTHING);
        } while (!result.problems().isEmpty());
        assertThat(keys(result)).containsExactly("theirs");
    }

    @Test
    void aHungUpstreamOpensItsBreakerWhenItsOwnTimeoutIsOver() throws InterruptedException {
        upstream.hang();
        UnifiedMemory memory = memory(Duration.ofMillis(100), Duration.ofMillis(10));
        memory.search(request("tea", 10), AlreadyShown.NOTHING);

        upstream.awaitInterrupted();

        String problem;
        do {
            problem = memory.search(request("tea", 10), AlreadyShown.NOTHING)
                    .problems()
                    .get("up");
        } while (!String.valueOf(problem).contains("is not asked at present"));
        assertThat(problem).contains("did not answer within 100 ms");
    }

    @Test
    void withoutALocalAnswerTheUpstreamHasItsWholeTimeout() throws InterruptedException {
        upstreamStore.store(entry("theirs", "tea", 1));
        local.fail(100, Kind.BROKEN);
        CountDownLatch opens = upstream.hang();
        UnifiedMemory memory = memory(LONG, Duration.ZERO);
        Thread opener = new Thread(() -> {
            try {
                upstream.awaitWaiting();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            opens.countDown();
        });
        opener.start();

        SearchResult result = memory.search(request("tea", 10), AlreadyShown.NOTHING);

        opener.join();
        assertThat(keys(result)).containsExactly("theirs");
        assertThat(result.problems()).containsOnlyKeys("sqlite");
    }

    @Test
    void pagesNeitherRepeatNorSkipWhateverTheBackendsSayInBetween() {
        for (int i = 0; i < 30; i++) {
            localStore.store(entry("k" + i, "tea " + i, i));
            upstreamStore.store(entry("k" + (i + 15), "tea " + (i + 15), i + 15));
        }
        UnifiedMemory memory = memory(LONG, LONG);
        Set<String> shown = new HashSet<>();
        List<String> all = new ArrayList<>();
        SearchResult page;
        int round = 0;
        do {
            page = memory.search(request("tea", 4), shown(shown));
            all.addAll(keys(page));
            shown.addAll(keys(page));
            // What was not shown yet moves to the front, and what was shown too.
            localStore.store(entry("k" + round, "tea changed", 1000 + round));
            localStore.store(entry("k" + (29 - round), "tea changed", 2000 + round));
            upstream.fail(round % 2, Kind.BROKEN);
            round++;
        } while (page.more());
        assertThat(all).doesNotHaveDuplicates();
        assertThat(all).contains(IntStream.range(0, 30).mapToObj(i -> "k" + i).toArray(String[]::new));
    }

    @Test
    void whatIsNoneOfTheSearchsBusinessDoesNotHideWhatIs() {
        for (int i = 0; i < 200; i++) {
            localStore.store(entry("new " + i, "tea", 1000 + i));
        }
        localStore.store(entry("old", "tea", 1));
        AlreadyShown onlyOld = new AlreadyShown() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public boolean covers(MemoryEntry entry) {
                return entry.key().startsWith("new");
            }
        };

        assertThat(keys(memory(LONG, LONG).search(request(null, 3), onlyOld))).containsExactly("old");
    }

    @Test
    void aWriteThatTheUpstreamMissedIsFoundByItsNewTextOnly() {
        UnifiedMemory memory = memory(LONG, LONG);
        memory.store("u", "k", "old text", Map.of());
        upstream.fail(3, Kind.UNAVAILABLE);
        memory.store("u", "k", "new words", Map.of());
        memory.health();
        upstream.answerSearches(List.of(((Lookup.Found) upstreamStore.retrieve("u", "k")).entry()));

        assertThat(memory.search(request("old text", 10), AlreadyShown.NOTHING).hits())
                .isEmpty();
        assertThat(keys(memory.search(request("new words", 10), AlreadyShown.NOTHING)))
                .containsExactly("k");
    }

    private static AlreadyShown shown(Set<String> keys) {
        Set<String> copy = Set.copyOf(keys);
        return new AlreadyShown() {
            @Override
            public int count() {
                return copy.size();
            }

            @Override
            public boolean covers(MemoryEntry entry) {
                return copy.contains(entry.key());
            }
        };
    }

    private UnifiedMemory memory(Duration timeout, Duration patience) {
        UnifiedMemory memory = UnifiedMemory.builder()
                .search(new SearchOptions(patience, Duration.ZERO))
                .primary(
                        "sqlite",
                        new FaultyStore(local, new SqliteStore(Objects.requireNonNull(database))),
                        BackendOptions.LOCAL)
                .replica("up", upstream, new BackendOptions(true, 2, timeout, 0))
                .build();
        opened = memory;
        return memory;
    }

    private static SearchRequest request(@Nullable String query, int limit) {
        return new SearchRequest("u", query == null ? null : Query.of(query), limit);
    }

    private static MemoryEntry entry(String key, String value, long seconds) {
        Instant time = NOON.plusSeconds(seconds);
        return new MemoryEntry("u", key, value, Map.of(), time, time, HlcTimestamp.atMillis(time.toEpochMilli()));
    }

    private static List<String> keys(SearchResult result) {
        return result.hits().stream().map(hit -> hit.entry().key()).toList();
    }
}
