package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.postgres.TestStores;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.writes.BatchOutcome;
import io.unifiedmemory.unified.writes.BatchWrite;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.OnConflict;
import io.unifiedmemory.unified.writes.Outcome;
import io.unifiedmemory.unified.writes.StoredBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many memories in one call: in both stores of record, and on their way to other backends. */
class StoreAllTest {

    private static final int ALL = 300;

    @TempDir
    private Path folder;

    private final InMemoryBackend upstreamStore = new InMemoryBackend();
    private final FaultyBackend upstream = new FaultyBackend(upstreamStore);
    private final MovableClock clock = new MovableClock();
    private final List<UnifiedMemory> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(UnifiedMemory::close);
    }

    private UnifiedMemory over(PrimaryStore store) {
        UnifiedMemory memory = UnifiedMemory.builder()
                .primary(store.type(), store, BackendOptions.LOCAL)
                .replica("up", upstream, BackendOptions.UPSTREAM)
                .clock(clock)
                .build();
        opened.add(memory);
        return memory;
    }

    private SqliteStore sqlite() {
        return SqliteStore.of(SqliteOptions.of(folder.resolve("memory.db")), WaitListener.NONE);
    }

    private static BatchWrite.Store draft(String key, String value) {
        return new BatchWrite.Store(
                new MemoryEntry("u", key, value, Map.of(), null, null, HlcTimestamp.NONE), true, OnConflict.OVERWRITE);
    }

    private static List<BatchWrite.Store> drafts(String value) {
        return IntStream.range(0, ALL).mapToObj(i -> draft("key " + i, value)).toList();
    }

    private static String value(MemoryBackend backend, String key) {
        return backend.retrieve("u", key) instanceof Lookup.Found found
                ? found.entry().value()
                : "";
    }

    private static long owed(PrimaryStore store) {
        return store.outboxAdmin().page("up", null, 1_000).size();
    }

    private void everyStoreTakesThem(PrimaryStore store) {
        upstream.takeAtOnce(ALL);
        UnifiedMemory memory = over(store);

        StoredBatch first = memory.storeAll("u", drafts("one"));
        assertThat(first.outcomes()).hasSize(ALL).containsOnly(BatchOutcome.NEW);
        assertThat(first.report().durability()).isEqualTo(Durability.REPLICATED);
        assertThat(upstream.calls()).as("one call for all").isEqualTo(1);
        assertThat(owed(store)).isZero();
        assertThat(first.held())
                .allSatisfy(held ->
                        assertThat(((Lookup.Found) held).entry().updatedAt()).isNotNull());

        assertThat(memory.storeAll("u", drafts("one")).outcomes()).containsOnly(BatchOutcome.EQUAL);
        assertThat(upstream.calls()).as("what changed nothing is not sent").isEqualTo(1);

        StoredBatch mixed = memory.storeAll(
                "u", List.of(draft("key 1", "two"), draft("new", "a"), draft("new", "b"), draft("key 2", "one")));
        assertThat(mixed.outcomes())
                .containsExactly(BatchOutcome.NEWER, BatchOutcome.NEW, BatchOutcome.NEWER, BatchOutcome.EQUAL);
        assertThat(value(store, "new")).isEqualTo("b");
        assertThat(value(upstreamStore, "new")).isEqualTo("b");
        assertThat(value(upstreamStore, "key 1")).isEqualTo("two");
        assertThat(owed(store)).isZero();
    }

    @Test
    void inSqlite() {
        everyStoreTakesThem(sqlite());
    }

    @Test
    void inPostgres() {
        TestStores postgres = new TestStores(PostgresServer.shared(), null);
        try {
            everyStoreTakesThem(postgres.open());
        } finally {
            opened.forEach(UnifiedMemory::close);
            postgres.drop();
        }
    }

    @Test
    void whatABackendThatIsDownMissesItGetsLater() {
        upstream.takeAtOnce(ALL);
        upstream.fail(Integer.MAX_VALUE, Kind.UNAVAILABLE);
        SqliteStore store = sqlite();
        UnifiedMemory memory = over(store);
        StoredBatch stored = memory.storeAll("u", drafts("one"));
        assertThat(stored.outcomes()).containsOnly(BatchOutcome.NEW);
        assertThat(stored.report().durability()).isEqualTo(Durability.QUEUED);
        assertThat(stored.report().outcomes()).containsEntry("up", Outcome.QUEUED);
        assertThat(stored.report().errors()).containsKey("up");
        assertThat(owed(store)).isEqualTo(ALL);

        upstream.recover();
        memory.health();
        clock.advance(Duration.ofMinutes(1));
        memory.reconcile(false, List.of(), (what, done) -> {});
        assertThat(value(upstreamStore, "key 299")).isEqualTo("one");
        assertThat(upstreamStore.list(new ListRequest("u", null, 1_000)).entries())
                .hasSize(ALL);
    }

    /** A backend that takes one at a time would be asked for longer than a call may last: the relay does that. */
    @Test
    void aBackendThatTakesOneAtATimeIsLeftToTheRelay() {
        SqliteStore store = sqlite();
        UnifiedMemory memory = over(store);
        StoredBatch stored = memory.storeAll("u", drafts("one"));
        assertThat(stored.report().outcomes()).containsEntry("up", Outcome.QUEUED);
        assertThat(upstream.calls()).isZero();
        assertThat(memory.storeAll("u", List.of(draft("single", "x"))).report().outcomes())
                .containsEntry("up", Outcome.STORED);
    }

    /** One memory that a backend will never take keeps no other out. */
    @Test
    void aBatchThatIsRejectedIsNotGivenUp() {
        upstream.takeAtOnce(ALL);
        upstream.fail(1, Kind.REJECTED);
        SqliteStore store = sqlite();
        StoredBatch stored = over(store).storeAll("u", drafts("one"));
        assertThat(stored.report().durability()).isEqualTo(Durability.QUEUED);
        assertThat(owed(store)).isEqualTo(ALL);
        assertThat(store.outboxAdmin().page("up", null, 1_000)).noneMatch(item -> item.dead());
    }

    /** A new write wins even against one that a faster clock stamped elsewhere. */
    @Test
    void whatAFasterClockWroteElsewhereIsOutdone() {
        upstream.takeAtOnce(ALL);
        HlcTimestamp fast =
                HlcTimestamp.atMillis(clock.instant().plusSeconds(600).toEpochMilli());
        upstreamStore.store(new MemoryEntry(
                "u",
                "key 7",
                "theirs",
                Map.of(),
                clock.instant(),
                clock.instant().plusSeconds(600),
                fast));
        SqliteStore store = sqlite();
        UnifiedMemory memory = over(store);
        StoredBatch stored = memory.storeAll("u", drafts("mine"));
        assertThat(stored.outcomes()).containsOnly(BatchOutcome.NEW);
        assertThat(value(store, "key 7")).isEqualTo("mine");
        assertThat(owed(store)).isEqualTo(1);
        assertThat(stored.report().outcomes()).containsEntry("up", Outcome.QUEUED);
    }

    @Test
    void whereNothingIsKeptNothingIsTaken() {
        PrimaryStore store = sqlite();
        UnifiedMemory memory = UnifiedMemory.builder()
                .primary("sqlite", store, new BackendOptions(false, 1, Duration.ofSeconds(5), 2))
                .replica("up", upstream, BackendOptions.UPSTREAM)
                .build();
        opened.add(memory);
        assertThatThrownBy(() -> memory.storeAll("u", drafts("one")))
                .hasMessageContaining("switched off")
                .hasMessageContaining("one by one");
        assertThat(upstream.calls()).isZero();
    }
}
