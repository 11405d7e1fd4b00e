package io.unifiedmemory.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.segment.PageCache;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.index.SegmentWork;
import io.unifiedmemory.unified.MovableClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

    @Test
    void aMissingPageIsNoticedToo() {
        stores.database().run("DELETE FROM unified_memory.segment_page");
        try (PostgresStore other = stores.open()) {
            assertThat(find(other, "ann", "word17x")).containsExactly("key 17");
        }
    }

    /** Two releases side by side: what the earlier one makes is noticed whenever it does. */
    @Test
    void segmentsOfAnEarlierReleaseAreMadeAnewAndFoundMeanwhile() {
        stores.database().run("UPDATE unified_memory.segment SET analysis = 0");
        UUID ann = Owners.of("ann");
        SegmentWork work = new SegmentWork(new PostgresDatabase(stores.options()), new PageCache(0));
        store.store(memory("ann", MEMORIES));

        assertThat(find(store, "ann", "word17x")).containsExactly("key 17");
        assertThat(work.outdated(10)).contains(ann);
        work.renew(ann);

        assertThat(work.outdated(10)).doesNotContain(ann).contains(Owners.of("bob"));
        assertThat(find(store, "ann", "word17x")).containsExactly("key 17");
        assertThat(find(store, "ann", "word" + MEMORIES + "x")).containsExactly("key " + MEMORIES);
        work.catchUp(ann);
        assertThat(find(store, "ann", "common")).hasSize(10);
    }
}
