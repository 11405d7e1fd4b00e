package io.unifiedmemory.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.search.segment.PageCache;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.index.SegmentWork;
import io.unifiedmemory.unified.MovableClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresIndexTest {

    private static final int MEMORIES = 1_000;

    private final TestStores stores = new TestStores(PostgresServer.shared(), new MovableClock());
    private final PostgresStore store = stores.open();

    @BeforeEach
    void fill() {
        for (String user : List.of("ann", "bob")) {
            store.commit(new Subject(user, null), tx -> {
                for (int i = 0; i < MEMORIES; i++) {
                    tx.store(memory(user, i));
                }
                return true;
            });
        }
        store.rebuildIndex(percent -> {});
    }

    @AfterEach
    void drop() {
        store.close();
        stores.drop();
    }

    private static MemoryEntry memory(String user, int number) {
        Instant time = Instant.ofEpochSecond(1_700_000_000L + number);
        return new MemoryEntry(
                user,
                "key " + number,
                "common word" + number + "x",
                Map.of(),
                time,
                time,
                HlcTimestamp.atMillis(number + 1));
    }

    private static List<String> find(PostgresStore in, String user, String words) {
        return in.search(new SearchRequest(user, Query.of(words), 10)).entries().stream()
                .map(MemoryEntry::key)
                .toList();
    }

    private long count(String sql) {
        return stores.database().count(sql);
    }

    @Test
    void everyUserIsIndexedAnewWithProgress() {
        stores.database().run("DELETE FROM unified_memory.segment");
        List<Integer> told = new ArrayList<>();

        store.rebuildIndex(told::add);

        assertThat(told).isSorted().endsWith(100).doesNotHaveDuplicates();
        assertThat(count("SELECT count(*) FROM unified_memory.pending")).isZero();
        assertThat(find(store, "ann", "word17x")).containsExactly("key 17");
        assertThat(find(store, "bob", "common")).hasSize(10);
    }

    @Test
    void aDamagedIndexIsBuiltAnewByWhoMeetsItAndOthersKeepTheirs() {
        stores.database()
                .run("UPDATE unified_memory.segment_page SET data = set_byte(data, 20, get_byte(data, 20) # 1)"
                        + " WHERE owner = (SELECT owner FROM unified_memory.account WHERE user_id = 'ann')");
        try (PostgresStore other = stores.open()) {
            assertThat(find(other, "ann", "word17x")).containsExactly("key 17");
            assertThat(find(other, "bob", "word17x")).containsExactly("key 17");
        }
        assertThat(find(store, "ann", "word" + (MEMORIES - 1) + "x")).containsExactly("key " + (MEMORIES - 1));
    }

    /** As behind a large load, where the index cannot be written either. */
    @Test
    void ofMoreThanASearchCanIndexThoseAreReadThatAreProbablyMeant() {
        stores.database().run("DELETE FROM unified_memory.segment");
        stores.database().run("DELETE FROM unified_memory.segment_page");
        stores.database().run("UPDATE unified_memory.account SET indexed = 0");
        stores.database().run("ALTER TABLE unified_memory.segment ADD CHECK (false)");
        try (PostgresStore other = stores.open()) {
            Hits hits = other.search(new SearchRequest("ann", Query.of("commonly word17x"), 10));

            assertThat(hits.entries())
                    .extracting(MemoryEntry::key)
                    .startsWith("key 17")
                    .hasSize(10);
            assertThat(find(other, "ann", "common word17x")).startsWith("key 17");
            assertThat(hits.note()).contains("search index");
        }
    }

    @Test
    void aMissingPageIsNoticedToo() {
        stores.database().run("DELETE FROM unified_memory.segment_page");
        try (PostgresStore other = stores.open()) {
            assertThat(find(other, "ann", "word17x")).containsExactly("key 17");
        }
    }

    /** A new memory is pending by its number alone, so this is what keeps the background work from missing a user. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aUserOfWhomSomethingIsPendingIsNamed(long seed) {
        Random random = new Random(seed);
        // Nothing is indexed in the background: the steps are the test's own.
        try (PostgresDatabase database = new PostgresDatabase(stores.options());
                PostgresStore writer = new PostgresStore(database, new MovableClock(), QueryVectors.NONE)) {
            SegmentWork work = new SegmentWork(database, new PageCache(1 << 20));
            writer.stopIndexing();
            Set<Integer> kept = new TreeSet<>();
            for (int i = 1; i <= 400; i++) {
                int number = random.nextInt(40);
                HlcTimestamp version = HlcTimestamp.atMillis(MEMORIES + i);
                switch (random.nextInt(12)) {
                    case 0 -> work.index(Owners.of("cyd"));
                    case 1 -> {
                        if (random.nextInt(8) == 0) {
                            writer.deleteAll("cyd", version);
                            kept.clear();
                        }
                    }
                    case 2 -> {
                        if (random.nextInt(8) == 0) {
                            work.forget(Owners.of("cyd"));
                        }
                    }
                    case 3, 4 -> {
                        writer.delete("cyd", "key " + number, version);
                        kept.remove(number);
                    }
                    default -> {
                        writer.store(new MemoryEntry(
                                "cyd", "key " + number, "word" + number + "x", Map.of(), null, null, version));
                        kept.add(number);
                    }
                }
                long unnamed = count("SELECT count(*) FROM unified_memory.account a WHERE last_id > indexed AND EXISTS"
                        + " (SELECT 1 FROM unified_memory.memory m WHERE m.owner = a.owner AND m.id > a.indexed)"
                        + " AND NOT EXISTS (SELECT 1 FROM unified_memory.pending p WHERE p.owner = a.owner)");
                assertThat(unnamed).as("step %d", i).isZero();
            }
            work.catchUp(Owners.of("cyd"));
            assertThat(count("SELECT count(*) FROM unified_memory.pending")).isZero();
            for (int number = 0; number < 40; number++) {
                List<String> found = find(writer, "cyd", "word" + number + "x");
                assertThat(!found.isEmpty() && found.get(0).equals("key " + number))
                        .as("key %d", number)
                        .isEqualTo(kept.contains(number));
            }
        }
    }

    @Test
    void aUserWithoutMemoriesIsNotPendingForEver() {
        store.delete("dan", "key 1", HlcTimestamp.atMillis(1));

        store.rebuildIndex(percent -> {});

        assertThat(count("SELECT count(*) FROM unified_memory.pending")).isZero();
    }
}
