package io.unifiedmemory.store.sqlite.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.search.FullTextSearch;
import io.unifiedmemory.search.IndexReader;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.MemoryTable;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.UpToDate;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is written but not in the search index yet. */
class PendingListTest {

    @TempDir
    Path folder;

    private final MemoryTable memories = new MemoryTable();
    private SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(Path.of("unused")));
    private long clock;

    @BeforeEach
    void open() {
        database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aSearchFindsWhatWasWrittenWhileAnotherProcessWillNotLetGoOfTheFile() throws Exception {
        store("user", "indexed", "a heron by the pond");
        store("user", "replaced", "a heron on the roof");
        store("user", "gone", "a heron that flew away");
        UpToDate.bring(database);
        try (SqliteStore backend = new SqliteStore(database);
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + database.path());
                Statement statement = other.createStatement()) {
            store("user", "new", "another heron");
            store("user", "replaced", "an egret on the roof");
            database.write(tx -> memories.delete(tx, "user", "gone", version()));
            statement.execute("BEGIN IMMEDIATE");

            assertThat(keys(backend, "heron")).containsExactlyInAnyOrder("indexed", "new");
            assertThat(keys(backend, "egret")).containsExactly("replaced");
            assertThat(keys(backend, "heron by the pond")).startsWith("indexed");
            SearchRequest latest =
                    new SearchRequest("user", Query.of("heron"), 1, SearchOrder.RECENCY, SearchFilter.NONE);
            assertThat(backend.search(latest).entries())
                    .extracting(MemoryEntry::key)
                    .containsExactly("new");

            statement.execute("ROLLBACK");
            assertThat(keys(backend, "heron")).containsExactlyInAnyOrder("indexed", "new");
        }
    }

    @Test
    void whatTheIndexKnowsOfReplacedMemoriesDoesNotCrowdOutTheOthers() throws Exception {
        IntStream.range(0, 10).forEach(i -> store("user", "key " + i, "heron number " + i));
        UpToDate.bring(database);
        IntStream.range(0, 5).forEach(i -> store("user", "key " + i, "egret number " + i));
        try (SqliteStore backend = new SqliteStore(database);
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + database.path());
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (SearchOrder order : SearchOrder.values()) {
                SearchRequest request = new SearchRequest("user", Query.of("heron"), 5, order, SearchFilter.NONE);

                assertThat(backend.search(request).entries())
                        .extracting(MemoryEntry::key)
                        .containsExactlyInAnyOrder("key 5", "key 6", "key 7", "key 8", "key 9");
            }
            statement.execute("ROLLBACK");
        }
    }

    @Test
    void aDeleteThatIsPendingDoesNotStandForAMemoryThatIsStillToBeBuiltIn() {
        store("user", "first", "a heron");
        store("user", "second", "an egret ".repeat(400));
        store("user", "third", "another heron");
        UpToDate.bring(database);
        IndexBuild build = new IndexBuild(new SearchIndex());
        database.write(tx -> {
            build.restart(tx);
            tx.update("UPDATE search_build SET done = 1");
            new SearchIndex()
                    .update(
                            tx,
                            List.of(new SearchIndex.Change("user", 1, entry("user", "first", "a heron"), Set.of())));
            return memories.delete(tx, "user", "first", version());
        });

        assertThat(database.<Boolean>read(session -> build.covers(session, "user")))
                .isFalse();
        try (SqliteStore backend = new SqliteStore(database)) {
            assertThat(keys(backend, "heron")).containsExactly("third");
        }
    }

    @Test
    void aDamagedMemoryIsPassedOver() {
        store("user", "good", "a heron");
        store("user", "damaged", "another heron");
        store("other", "key", "a heron");
        database.write(tx -> tx.update("UPDATE memory SET metadata = '{' WHERE key = 'damaged'"));

        SqliteStore backend = new SqliteStore(database);
        assertThat(keys(backend, "heron")).containsExactly("good");
        UpToDate.bring(database);
        backend.close();
        open();
        assertThat(number("SELECT count(*) FROM search_pending")).isZero();
        assertThat(number("SELECT count(*) FROM search_entry")).isEqualTo(2);
    }

    /** Other writers wait for a transaction, so it must not index all long texts of a file. */
    @Test
    void longTextsBehindTheFirstOnesOfATransactionWait() {
        PendingList list = new PendingList(new SearchIndex());
        int length = 10_000;
        int taken = database.<Integer>write(tx -> {
            int before = 0;
            for (int i = 0; i < 100; i++) {
                MemoryEntry entry = entry("user", "key " + i, "x".repeat(length - 6) + " heron");
                memories.store(tx, entry);
                list.stored(tx, entry, before);
                before += length;
            }
            return 100 - (int) tx.number("SELECT count(*) FROM search_pending");
        });

        assertThat(taken).isBetween(1, 20);
        try (SqliteStore backend = new SqliteStore(database)) {
            assertThat(keys(backend, "heron")).hasSize(10);
        }
    }

    @Test
    void aWordThatAnotherProgramForgotIsLearnedAgainWithTheNextMemoryThatHasIt() {
        store("user", "key", "heron");
        store("user", "other", "egret");
        UpToDate.bring(database);
        store("user", "key", "egret");
        database.write(tx -> tx.update("DELETE FROM search_word WHERE form = 'heron'"));
        store("user", "key", "heron again");
        UpToDate.bring(database);

        try (SqliteStore backend = new SqliteStore(database)) {
            assertThat(keys(backend, "ero")).containsExactly("key");
        }
    }

    @Test
    void memoriesThatAreGoneDoNotCrowdOutTheOthers() {
        IntStream.range(0, 300).forEach(i -> store("user", "key " + i, "heron number " + i));
        UpToDate.bring(database);
        for (int i = 0; i < 300; i++) {
            if (i % 60 != 7) {
                String key = "key " + i;
                database.write(tx -> memories.delete(tx, "user", key, version()));
            }
        }

        for (String query : List.of("heron", "number heron", "which heron was it?")) {
            assertThat(indexed(query))
                    .as(query)
                    .extracting(MemoryEntry::key)
                    .containsExactlyInAnyOrder("key 7", "key 67", "key 127", "key 187", "key 247");
        }
    }

    /** What the index alone finds of the user. */
    private List<MemoryEntry> indexed(String query) {
        SearchIndex index = new SearchIndex();
        return database.read(handle -> {
            IndexReader<SQLException> reader = index.reader(handle, "user");
            return reader == null
                    ? List.of()
                    : new FullTextSearch<>(
                                    reader,
                                    index.memories(handle, "user", Set.of(), false),
                                    new SearchRequest("user", Query.of(query), 5),
                                    Query.of(query))
                            .hits().stream().map(Hit::entry).toList();
        });
    }

    @Test
    void theNumberOfAMemoryIsNotGivenToAnotherUserWhileTheIndexKnowsIt() {
        store("user", "key", "a heron");
        UpToDate.bring(database);
        database.write(tx -> memories.delete(tx, "user", "key", version()));
        store("stranger", "key", "a secret");

        assertThat(indexed("heron")).isEmpty();
        assertThat(number("SELECT id FROM memory")).isGreaterThan(number("SELECT max(id) FROM search_entry"));
    }

    @Test
    void aMemoryThatGetsTheNumberOfOneThatCameAndWentIsFound() {
        store("user", "first", "a heron");
        database.write(tx -> memories.delete(tx, "user", "first", version()));
        store("user", "second", "another heron");

        try (SqliteStore backend = new SqliteStore(database)) {
            assertThat(keys(backend, "heron")).containsExactly("second");
            backend.delete("user", "second", version());
            backend.store(entry("user", "third", "a third heron"));
            assertThat(keys(backend, "heron")).containsExactly("third");
        }
    }

    @Test
    void whatCannotBeTakenUpIsListedInTurnWithWhatTheIndexFinds() throws Exception {
        IntStream.range(0, 4).forEach(i -> store("user", "old " + i, "the heron and then the pond " + i));
        UpToDate.bring(database);
        IntStream.range(0, 4).forEach(i -> store("user", "new " + i, "no pond, but a heron " + i));
        store("user", "exact", "a heron pond");
        try (SqliteStore backend = new SqliteStore(database);
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + database.path());
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            List<String> found = keys(backend, "heron pond").subList(0, 5);
            statement.execute("ROLLBACK");

            assertThat(found).startsWith("exact");
            assertThat(found.stream().filter(key -> key.startsWith("old"))).hasSize(2);
        }
    }

    @Test
    void aWordIsKnownAsLongAsAMemoryHasIt() {
        store("user", "one", "heron and egret");
        store("user", "two", "heron");
        UpToDate.bring(database);
        assertThat(number("SELECT uses FROM search_word WHERE form = 'heron'")).isEqualTo(2);

        store("user", "one", "egret");
        UpToDate.bring(database);
        assertThat(number("SELECT uses FROM search_word WHERE form = 'heron'")).isEqualTo(1);
        assertThat(number("SELECT uses FROM search_word WHERE form = 'egret'")).isEqualTo(1);

        store("user", "two", "a heron that came back");
        database.write(tx -> memories.delete(tx, "user", "two", version()));
        UpToDate.bring(database);
        assertThat(number("SELECT count(*) FROM search_word WHERE form IN ('heron', 'came', 'two')"))
                .isZero();
    }

    @Test
    void aWordThatAnEarlierBuildDidNotCountIsForgottenOnlyWhenNoMemoryHasIt() {
        store("user", "one", "heron");
        store("user", "two", "heron");
        UpToDate.bring(database);
        database.write(tx -> tx.update("UPDATE search_word SET uses = 0"));

        database.write(tx -> memories.delete(tx, "user", "one", version()));
        UpToDate.bring(database);
        assertThat(number("SELECT count(*) FROM search_word WHERE form = 'heron'"))
                .isEqualTo(1);

        store("user", "two", "egret");
        UpToDate.bring(database);
        assertThat(number("SELECT count(*) FROM search_word WHERE form = 'heron'"))
                .isZero();
    }

    @Test
    @Timeout(60)
    void whatIsWrittenIsTakenUpWhenWritersPause() {
        try (SqliteStore backend = new SqliteStore(database)) {
            for (int round = 0; round < 3; round++) {
                IntStream.range(0, 40).forEach(i -> backend.store(entry("user", "key " + i, "heron number " + i)));
                backend.delete("user", "key 1", version());
                while (number("SELECT count(*) FROM search_pending") > 0) {
                    Thread.onSpinWait();
                }
                assertThat(number("SELECT count(*) FROM search_entry")).isEqualTo(39);
            }
        }
    }

    /** One has a moment for it; where that was too short, as on a busy machine, the next one goes on. */
    @Test
    @Timeout(60)
    void processesThatEndLeaveNothingBehind() {
        do {
            database.close();
            database = new SqliteDatabase(SqliteOptions.of(database.path()));
            SqliteStore backend = new SqliteStore(database);
            IntStream.range(0, 20).forEach(i -> backend.store(entry("user", "key " + i, "heron number " + i)));
            backend.close();
            open();
        } while (number("SELECT count(*) FROM search_pending") > 0);

        assertThat(number("SELECT count(*) FROM search_entry")).isEqualTo(20);
    }

    @Test
    void aLongTextIsTakenUpAtOnce() {
        database.write(tx -> {
            MemoryEntry entry = entry("user", "long", "heron ".repeat(1_000));
            memories.store(tx, entry);
            new PendingList(new SearchIndex()).stored(tx, entry, 0);
            return entry;
        });

        assertThat(number("SELECT count(*) FROM search_pending")).isZero();
        assertThat(number("SELECT count(*) FROM search_entry")).isEqualTo(1);
    }

    private List<String> keys(SqliteStore backend, String query) {
        return backend.search(new SearchRequest("user", Query.of(query), 10)).entries().stream()
                .map(MemoryEntry::key)
                .toList();
    }

    private long number(String sql) {
        return database.<Long>read(session -> session.number(sql));
    }

    private void store(String user, String key, String value) {
        database.write(tx -> memories.store(tx, entry(user, key, value)));
    }

    private MemoryEntry entry(String user, String key, String value) {
        HlcTimestamp version = version();
        Instant time = Instant.ofEpochMilli(version.millis());
        return new MemoryEntry(user, key, value, Map.of(), time, time, version);
    }

    private HlcTimestamp version() {
        return HlcTimestamp.atMillis(++clock);
    }
}
