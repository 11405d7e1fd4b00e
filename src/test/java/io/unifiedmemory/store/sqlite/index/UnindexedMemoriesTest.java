package io.unifiedmemory.store.sqlite.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.MemoryTable;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.UpToDate;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Searches right after so much was stored that the index is far behind. */
class UnindexedMemoriesTest {

    private static final int MANY = 3 * UnindexedMemories.MOST;

    @TempDir
    Path folder;

    private final MemoryTable memories = new MemoryTable();
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
    void fewAreAllRead() {
        storeAll(IntStream.range(0, UnindexedMemories.MOST)
                .mapToObj(i -> entry("note " + i, "nothing in common", Map.of())));

        UnindexedMemories.Found found = find("heron", SearchOrder.RELEVANCE, SearchFilter.NONE);

        assertThat(found.all()).isTrue();
        assertThat(found.byId()).hasSize(UnindexedMemories.MOST);
    }

    @Test
    void ofManyThoseAreReadThatAreProbablyMeant() {
        store("whole", "the choir sings in May");
        store("forms", "we sang with two choirs");
        store("one word", "a choir");
        store("replaced", "before");
        storeNotes(MANY);
        store("replaced", "after");

        UnindexedMemories.Found found = find("Choir sings", SearchOrder.RELEVANCE, SearchFilter.NONE);

        assertThat(found.all()).isFalse();
        assertThat(found.byId()).hasSizeLessThan(UnindexedMemories.MOST + 10);
        assertThat(found.byId().values())
                .extracting(MemoryEntry::key)
                .contains("whole", "forms", "one word", "replaced", "note " + (MANY - 1))
                .doesNotContain("note 0");
    }

    /** Each kind has its bound, also where every memory is of every kind. */
    @Test
    void notMoreAreReadWhereAllAreMeant() {
        storeAll(IntStream.range(0, 2 * MANY)
                .mapToObj(i -> entry("heron " + i, "heron or egret", Map.of("tags", "bird"))));

        for (SearchOrder order : SearchOrder.values()) {
            for (SearchFilter filter : List.of(SearchFilter.NONE, SearchFilter.tagged(List.of("bird")))) {
                assertThat(find("heron egret", order, filter).byId())
                        .hasSizeLessThanOrEqualTo(3 * UnindexedMemories.MOST);
            }
        }
    }

    @Test
    void longTextsAreFewer() {
        String text = "heron ".repeat(50_000);
        storeAll(IntStream.range(0, 30).mapToObj(i -> entry("note " + i, text, Map.of())));

        UnindexedMemories.Found found = find("heron", SearchOrder.RELEVANCE, SearchFilter.NONE);

        assertThat(found.all()).isFalse();
        assertThat(found.byId().values().stream()
                        .mapToInt(entry -> entry.value().length())
                        .sum())
                .isLessThan(9 * text.length());
    }

    @Test
    void aFilterSelectsBeforeTheBound() {
        storeAll(Stream.of(entry("wanted", "heron", Map.of("tags", List.of("rare")))));
        storeAll(IntStream.range(0, 2 * MANY).mapToObj(i -> entry("note " + i, "a heron", Map.of())));
        SearchFilter filter = SearchFilter.tagged(List.of("rare"));

        for (SearchOrder order : SearchOrder.values()) {
            assertThat(keys("two herons", order, filter)).containsExactly("wanted");
        }
    }

    @Test
    void rareWordsCountMoreThanFrequentOnes() {
        store("rare", "an egret");
        storeAll(IntStream.range(0, 2 * MANY).mapToObj(i -> entry("note " + i, "a heron", Map.of())));

        assertThat(keys("heron egret", SearchOrder.RELEVANCE, SearchFilter.NONE).subList(0, 2))
                .contains("rare");
    }

    @Test
    void theLatestComeFirstByTime() {
        storeAll(IntStream.range(0, MANY).mapToObj(i -> entry("heron " + i, "a bird", Map.of())));
        storeNotes(MANY);
        store("heron 7", "a bird again");

        assertThat(keys("heron bird", SearchOrder.RECENCY, SearchFilter.NONE))
                .startsWith("heron 7", "heron " + (MANY - 1), "heron " + (MANY - 2));
    }

    @Test
    void whatTheIndexKnowsOfMemoriesThatWereReplacedIsNotFound() throws Exception {
        storeAll(IntStream.range(0, MANY).mapToObj(i -> entry("key " + i, "heron", Map.of())));
        UpToDate.bring(database);
        storeAll(IntStream.range(0, MANY - 1).mapToObj(i -> entry("key " + i, "egret", Map.of())));

        assertThat(keysWhileNobodyCanWrite("heron")).containsExactly("key " + (MANY - 1));
        assertThat(keysWhileNobodyCanWrite("egret")).hasSize(10);
    }

    @Test
    void whatABuildHasNotReachedIsFoundBesideWhatItHas() throws Exception {
        store("built", "the heron by the pond");
        store("replaced", "a heron");
        storeNotes(MANY);
        store("last", "the heron by the lake");
        IndexBuild build = new IndexBuild(new SearchIndex());
        database.write(tx -> {
            build.restart(tx);
            return build.step(tx);
        });
        store("replaced", "an egret");

        assertThat(keysWhileNobodyCanWrite("heron")).containsExactlyInAnyOrder("built", "last");
        assertThat(keysWhileNobodyCanWrite("note 1400")).startsWith("note 1400");
        assertThat(keysWhileNobodyCanWrite("egret")).containsExactly("replaced");
    }

    /** Counted in bytes, which nothing but the search itself decides. */
    @Test
    void aSearchTakesNoMoreHeapWhereMoreIsPending() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] allocated = new long[2];
        for (int i = 0; i < allocated.length; i++) {
            storeNotes(i == 0 ? 0 : MANY, i == 0 ? MANY : 4 * MANY);
            keysWhileNobodyCanWrite("heron on the roof");
            long before = threads.getCurrentThreadAllocatedBytes();
            keysWhileNobodyCanWrite("heron on the roof");
            allocated[i] = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(allocated[1]).isLessThan(allocated[0] + allocated[0] / 4);
    }

    @Test
    void whoeverSearchesThenIsToldSo() throws Exception {
        storeNotes(MANY);

        assertThat(whileNobodyCanWrite("heron").note()).contains("search index");
        UpToDate.bring(database);
        assertThat(whileNobodyCanWrite("heron").note()).isNull();
    }

    /** As a process leaves it that ended while it was busy. */
    @Test
    @Timeout(60)
    void aSearchHasTheIndexerTakeUpWhatAnotherProcessLeft() {
        backend.retrieve("user", "key");
        storeNotes(MANY);
        backend.search(new SearchRequest("user", Query.of("heron"), 10));
        while (database.<Long>read(handle -> handle.number("SELECT count(*) FROM search_pending")) > 0) {
            Thread.onSpinWait();
        }
    }

    private UnindexedMemories.Found find(String query, SearchOrder order, SearchFilter filter) {
        SearchRequest request = new SearchRequest("user", Query.of(query), 10, order, filter);
        return database.read(handle -> handle.snapshot(
                snapshot -> new UnindexedMemories(snapshot, "user", true).find(request, Query.of(query))));
    }

    private List<String> keys(String query, SearchOrder order, SearchFilter filter) {
        return backend.search(new SearchRequest("user", Query.of(query), 10, order, filter)).entries().stream()
                .map(MemoryEntry::key)
                .toList();
    }

    private List<String> keysWhileNobodyCanWrite(String query) throws Exception {
        return whileNobodyCanWrite(query).entries().stream()
                .map(MemoryEntry::key)
                .toList();
    }

    private Hits whileNobodyCanWrite(String query) throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + database.path());
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            Hits hits = backend.search(new SearchRequest("user", Query.of(query), 10));
            statement.execute("ROLLBACK");
            return hits;
        }
    }

    private void storeNotes(int many) {
        storeNotes(0, many);
    }

    private void storeNotes(int from, int to) {
        storeAll(IntStream.range(from, to)
                .mapToObj(i -> entry("note " + i, "something about nothing in many words ".repeat(5), Map.of())));
    }

    private void store(String key, String value) {
        storeAll(Stream.of(entry(key, value, Map.of())));
    }

    private void storeAll(Stream<MemoryEntry> entries) {
        List<MemoryEntry> list = entries.toList();
        database.write(tx -> {
            for (MemoryEntry entry : list) {
                memories.store(tx, entry);
            }
            return list.size();
        });
    }

    private MemoryEntry entry(String key, String value, Map<String, Object> metadata) {
        HlcTimestamp version = HlcTimestamp.atMillis(++clock);
        Instant time = Instant.ofEpochMilli(version.millis());
        return new MemoryEntry("user", key, value, metadata, time, time, version);
    }
}
