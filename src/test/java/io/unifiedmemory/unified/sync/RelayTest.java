package io.unifiedmemory.unified.sync;

import static io.unifiedmemory.unified.FaultyStore.owe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.FaultyBackend;
import io.unifiedmemory.unified.MovableClock;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.BackendObserver;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.calls.CircuitBreaker;
import io.unifiedmemory.unified.calls.FanOut;
import io.unifiedmemory.unified.clock.HybridLogicalClock;
import io.unifiedmemory.unified.sync.Reconciler.Mode;
import io.unifiedmemory.unified.writes.ConcurrentChangeCheck;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.Stored;
import io.unifiedmemory.unified.writes.WritePath;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The outbox and its relay over a real database file. */
class RelayTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration RETENTION = Duration.ofDays(30);
    private static final BackendOptions ONCE = new BackendOptions(true, 2, TIMEOUT, 0);

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final InMemoryBackend upstreamStore = new InMemoryBackend();
    private final FaultyBackend upstream = new FaultyBackend(upstreamStore);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private SqliteDatabase database;
    private BackendHandle up;
    private WritePath writes;
    private Relay relay;
    private SqliteStore memories;
    private Reconciler reconciler;
    private Sweeper sweeper;

    @BeforeEach
    void open() {
        database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        memories = new SqliteStore(database, clock);
        up = replica("up", upstream);
        BackendHandles handles = new BackendHandles(List.of(
                BackendHandle.primary("sqlite", memories, BackendOptions.LOCAL, BackendObserver.NONE, this::breaker),
                up));
        Backends backends = backends(handles);
        ConcurrentChangeCheck overtaking = new ConcurrentChangeCheck(backends);
        writes = new WritePath(backends, overtaking, true, () -> {});
        reconciler = new Reconciler(backends, memories.users(), Set.of("expected"));
        sweeper = new Sweeper(handles, memories.tombstones(), RETENTION, clock);
        relay = new Relay(
                backends, new Delivery(backends, overtaking), reconciler, new RestoredFile(handles, memories), sweeper);
    }

    private Backends backends(BackendHandles handles) {
        return new Backends(
                handles,
                new FanOut(executor, handle -> {}),
                memories,
                new HybridLogicalClock(clock, memories.highWater()),
                clock);
    }

    @AfterEach
    void close() {
        executor.shutdownNow();
        database.close();
    }

    @Test
    void whatWasConfirmedIsNotOwed() {
        writes.store(draft("k", "v"));
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void whatAnUpstreamMissedIsDeliveredWhenItIsBack() {
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "v"));
        assertThat(upstreamStore.retrieve("u", "k")).isEqualTo(Lookup.MISSING);
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void theRelayKeepsOffWhileTheWriterStillTriesItself() {
        owe(memories, owed(OutboxEntry.Operation.DELETE, "k", clock.millis() + 1000));
        relay.deliverBatches();
        assertThat(upstream.calls()).isZero();
        clock.advance(Duration.ofSeconds(2));
        relay.deliverBatches();
        assertThat(upstream.calls()).isEqualTo(1);
    }

    @Test
    void whatAProcessLeftThatDiedBetweenCommitAndCallIsDelivered() {
        MemoryEntry entry = draft("k", "v").withVersion(HlcTimestamp.atMillis(clock.millis()));
        memories.commit(new Subject("u", "k"), tx -> {
            tx.owe(owed(OutboxEntry.Operation.STORE, "k", clock.millis() + 6000));
            return tx.store(entry);
        });
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
    }

    @Test
    void theNewestWriteOfAKeyReplacesWhatWasOwedBefore() {
        upstream.fail(2, Kind.UNAVAILABLE);
        writes.store(draft("k", "1"));
        writes.store(draft("k", "2"));
        assertThat(memories.outboxAdmin().page("up", null, 10)).hasSize(1);
        deliverAll();
        assertThat(value("k")).isEqualTo("2");
    }

    @Test
    void aDeleteOfEverythingReplacesWhatItCoversAndALaterStoreSurvivesIt() {
        writes.store(draft("gone", "v"));
        upstream.fail(3, Kind.UNAVAILABLE);
        writes.store(draft("a", "v"));
        writes.store(draft("b", "v"));
        writes.deleteAll("u", null);
        assertThat(memories.outboxAdmin().page("up", null, 10))
                .singleElement()
                .satisfies(
                        letter -> assertThat(letter.entry().operation()).isEqualTo(OutboxEntry.Operation.FORGET_ALL));
        writes.store(draft("b", "again"));
        up.check();
        deliverAll();
        assertThat(upstreamStore.retrieve("u", "gone")).isInstanceOf(Lookup.Deleted.class);
        assertThat(upstreamStore.retrieve("u", "a")).isInstanceOf(Lookup.Deleted.class);
        assertThat(value("b")).isEqualTo("again");
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void twoCleanupsAreBothDelivered() {
        upstreamStore.store(new MemoryEntry(
                "u", "old", "v", Map.of(), null, clock.instant().minusSeconds(50), HlcTimestamp.atMillis(1)));
        upstream.fail(2, Kind.UNAVAILABLE);
        writes.expire("u", clock.instant(), null);
        writes.expire("u", clock.instant().minusSeconds(100), null);
        deliverAll();
        assertThat(upstreamStore.retrieve("u", "old")).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void whatABackendWillNeverTakeIsADeadLetterUntilAPersonDecides() {
        upstream.fail(1, Kind.REJECTED);
        writes.store(draft("k", "v"));
        deliverAll();
        assertThat(upstreamStore.retrieve("u", "k")).isEqualTo(Lookup.MISSING);
        assertThat(memories.outboxAdmin().backlog("up")).isEqualTo(new OutboxAdmin.Backlog(0, null, 1, null));
        assertThat(memories.outboxAdmin().page("up", null, 10)).singleElement().satisfies(letter -> {
            assertThat(letter.dead()).isTrue();
            assertThat(letter.error()).contains("told to fail");
        });
        assertThat(memories.outboxAdmin().retry("up")).isEqualTo(1);
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
        assertThat(memories.outboxAdmin().drop(null)).isZero();
    }

    @Test
    void aConfirmationThatComesLateDoesNotStrikeOffANewerWrite() {
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "1"));
        List<OutboxEntry> first = memories.outbox().due("up", Long.MAX_VALUE, 6_000, 10);
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "2"));
        memories.outbox().acknowledge(first);
        assertThat(memories.outboxAdmin().page("up", null, 10)).hasSize(1);
    }

    @Test
    void aWriteThatFailsAgainIsTriedEverLessOften() {
        upstream.fail(1, Kind.BROKEN);
        writes.store(draft("k", "v"));
        for (int i = 0; i < 12; i++) {
            clock.advance(Duration.ofHours(1));
            upstream.fail(1, Kind.BROKEN);
            relay.deliverBatches();
            up.check();
        }
        OutboxEntry owed = memories.outboxAdmin().page("up", null, 10).get(0).entry();
        assertThat(owed.attempts()).isEqualTo(13);
        assertThat(owed.dueMillis() - clock.millis()).isBetween(192_000L, 320_000L);
    }

    @Test
    void ofTwoProcessesOneRelaysAndTheOtherTakesOverWhenItDies() {
        assertThat(memories.leases().acquire("x", "one", Relay.LEASE)).isTrue();
        assertThat(memories.leases().acquire("x", "two", Relay.LEASE)).isFalse();
        assertThat(memories.leases().acquire("x", "one", Relay.LEASE)).isTrue();
        clock.advance(Relay.LEASE.plusMillis(1));
        assertThat(memories.leases().acquire("x", "two", Relay.LEASE)).isTrue();
        memories.leases().release("two");
        assertThat(memories.leases().acquire("x", "one", Relay.LEASE)).isTrue();
    }

    @Test
    void aLeaseOfAClockThatWasAYearAheadHoldsNobodyUp() {
        clock.advance(Duration.ofDays(365));
        assertThat(memories.leases().acquire("x", "one", Relay.LEASE)).isTrue();
        clock.advance(Duration.ofDays(-365));
        assertThat(memories.leases().acquire("x", "two", Relay.LEASE)).isTrue();
    }

    @Test
    void aDeleteThatOvertookAStoreOnItsWayIsOwedAgain() throws Exception {
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "v"));
        clock.advance(Duration.ofHours(1));
        CountDownLatch gate = upstream.hang();
        Future<Boolean> delivery = executor.submit(relay::deliverBatches);
        upstream.awaitWaiting();
        // Another process deletes meanwhile, and the upstream, which keeps no versions, forgets even that.
        memories.delete("u", "k", HlcTimestamp.atMillis(clock.millis()));
        gate.countDown();
        upstream.recover();
        delivery.get();
        assertThat(value("k")).isEqualTo("v");
        deliverAll();
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void aDeleteThatOvertookAStoreWhoseFateIsUnknownIsOwedAgain() throws Exception {
        CountDownLatch gate = upstream.hang();
        Future<Stored> storing = executor.submit(() -> writes.store(draft("k", "v")));
        upstream.awaitWaiting();
        HlcTimestamp deleted = HlcTimestamp.atMillis(clock.millis() + 1000);
        memories.delete("u", "k", deleted);
        OutboxEntry byAnother =
                new OutboxEntry("up", OutboxEntry.Operation.DELETE, "u", "k", deleted, null, null, 0, clock.millis());
        owe(memories, byAnother);
        memories.outbox().acknowledge(List.of(byAnother));
        upstream.dropAnswers(1);
        gate.countDown();
        storing.get();
        upstream.recover();
        assertThat(value("k")).isEqualTo("v");
        deliverAll();
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void aDeleteThatOvertookAStoreWhoseCallerLeftIsOwedAgain() throws Exception {
        CountDownLatch gate = upstream.hang();
        Thread caller = new Thread(() ->
                assertThatThrownBy(() -> writes.store(draft("k", "v"))).isInstanceOf(CancellationException.class));
        caller.start();
        upstream.awaitWaiting();
        Lookup stored = memories.retrieve("u", "k");
        HlcTimestamp deleted = HlcTimestamp.atMillis(clock.millis() + 1000);
        memories.delete("u", "k", deleted);
        OutboxEntry byAnother =
                new OutboxEntry("up", OutboxEntry.Operation.DELETE, "u", "k", deleted, null, null, 0, clock.millis());
        owe(memories, byAnother);
        memories.outbox().acknowledge(List.of(byAnother));
        caller.interrupt();
        caller.join();
        gate.countDown();
        upstream.recover();
        upstreamStore.store(((Lookup.Found) stored).entry());
        deliverAll();
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void aNewerStoreThatAnOlderOneReplacedIsOwedAgain() throws Exception {
        upstream.keepNoVersions();
        CountDownLatch gate = upstream.hang();
        Future<Stored> storing = executor.submit(() -> writes.store(draft("k", "old")));
        upstream.awaitWaiting();
        MemoryEntry newer = draft("k", "new").withVersion(HlcTimestamp.atMillis(clock.millis() + 1000));
        memories.store(newer);
        gate.countDown();
        upstream.recover();
        storing.get();
        assertThat(value("k")).isEqualTo("old");
        deliverAll();
        assertThat(value("k")).isEqualTo("new");
    }

    @Test
    void whatIsOlderThanWhatIsKnownHereIsSentToNobody() {
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "new"));
        int calls = upstream.calls();
        Stored replica =
                writes.replicate(draft("k", "old").withVersion(HlcTimestamp.atMillis(clock.millis() - 60_000)));
        assertThat(upstream.calls()).isEqualTo(calls);
        assertThat(replica.report().durability()).isEqualTo(Durability.QUEUED);
        deliverAll();
        assertThat(value("k")).isEqualTo("new");
    }

    @Test
    void whatABackendAnswersThatIsNewerIsKeptHere() {
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "ours"));
        MemoryEntry theirs = draft("k", "theirs").withVersion(HlcTimestamp.atMillis(clock.millis() + 60_000));
        upstreamStore.store(theirs);
        deliverAll();
        assertThat(value("k")).isEqualTo("theirs");
        assertThat(memories.retrieve("u", "k")).isEqualTo(upstreamStore.retrieve("u", "k"));
    }

    @Test
    void aDeleteThatOnlyTheBackendKnowsIsKeptHere() {
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "ours"));
        HlcTimestamp deleted = HlcTimestamp.atMillis(clock.millis() + 60_000);
        upstreamStore.delete("u", "k", deleted);
        deliverAll();
        assertThat(memories.retrieve("u", "k")).isEqualTo(new Lookup.Deleted(deleted));
    }

    @Test
    void aNewWriteWinsOverOneOfAFasterClockThatOnlyTheUpstreamKnows() {
        HlcTimestamp ahead =
                HlcTimestamp.atMillis(clock.millis() + Duration.ofDays(400).toMillis());
        upstreamStore.store(draft("stored", "theirs").withVersion(ahead));
        upstreamStore.store(draft("deleted", "theirs").withVersion(ahead));
        writes.store(draft("stored", "ours"));
        writes.delete("u", "deleted", null);
        assertThat(value("stored")).isEqualTo("ours");
        assertThat(upstreamStore.retrieve("u", "deleted")).isInstanceOf(Lookup.Deleted.class);
        assertThat(memories.retrieve("u", "stored")).isEqualTo(upstreamStore.retrieve("u", "stored"));
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void ofAStoreAndADeleteOfOneVersionTheDeleteStaysOwed() {
        OutboxEntry delete = owed(OutboxEntry.Operation.DELETE, "k", 0);
        OutboxEntry store = owed(OutboxEntry.Operation.STORE, "k", 0);
        owe(memories, delete);
        owe(memories, store);
        memories.outbox().acknowledge(List.of(store));
        assertThat(memories.outbox().due("up", clock.millis(), 6_000, 10)).containsExactly(delete);
        owe(memories, owed(OutboxEntry.Operation.STORE, "other", 0));
        owe(memories, owed(OutboxEntry.Operation.DELETE, "other", 0));
        assertThat(memories.outbox().due("up", clock.millis(), 6_000, 10))
                .extracting(OutboxEntry::operation)
                .containsOnly(OutboxEntry.Operation.DELETE);
    }

    @Test
    void ofTwoTextsOfOneVersionTheOneThatCountsStaysOwed() {
        HlcTimestamp version = HlcTimestamp.atMillis(clock.millis());
        MemoryEntry one = draft("k", "one").withVersion(version);
        MemoryEntry two = draft("k", "two").withVersion(version);
        MemoryEntry winner = WriteOrder.isNewer(one, two) ? one : two;
        for (List<MemoryEntry> order : List.of(List.of(one, two), List.of(two, one))) {
            for (MemoryEntry entry : order) {
                owe(
                        memories,
                        new OutboxEntry(
                                "up", OutboxEntry.Operation.STORE, "u", "k", version, entry, null, 0, clock.millis()));
            }
            assertThat(memories.pendingWrites().lookup("u", "k")).isEqualTo(new Lookup.Found(winner));
            memories.outbox().acknowledge(memories.outbox().due("up", clock.millis(), 6_000, 10));
        }
    }

    @Test
    void aBackendThatIsBackGetsItsPostponedWritesAtOnce() {
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "v"));
        relay.deliverBatches(); // the start hastens once
        clock.advance(Duration.ofSeconds(3));
        assertThat(memories.outboxAdmin().backlog("up").pending()).isZero();
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "w"));
        relay.deliverBatches();
        assertThat(memories.outboxAdmin().backlog("up").pending()).isEqualTo(1);
        relay.onRecovered(up);
        relay.deliverBatches();
        assertThat(value("k")).isEqualTo("w");
        assertThat(memories.outboxAdmin().backlog("up").pending()).isZero();
    }

    @Test
    void aClockThatWasSetBackHoldsNothingUp() {
        owe(memories, owed(OutboxEntry.Operation.DELETE, "k", clock.millis() + 5000));
        clock.advance(Duration.ofDays(-30));
        assertThat(memories.outbox().due("up", clock.millis(), 6_000, 10)).hasSize(1);
    }

    @Test
    void aPersonMakesDueWhatIsPostponed() {
        owe(memories, owed(OutboxEntry.Operation.DELETE, "k", clock.millis() + 5000));
        assertThat(memories.outbox().due("up", clock.millis(), 6_000, 10)).isEmpty();
        assertThat(memories.outboxAdmin().retry("up")).isZero();
        assertThat(memories.outbox().due("up", clock.millis(), 6_000, 10)).hasSize(1);
    }

    @Test
    void theTimeOfTheLastConfirmationIsKept() {
        assertThat(memories.outboxAdmin().backlog("up").confirmedMillis()).isNull();
        writes.store(draft("k", "v"));
        long confirmed = clock.millis();
        clock.advance(Duration.ofHours(1));
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "w"));
        assertThat(memories.outboxAdmin().backlog("up").confirmedMillis()).isEqualTo(confirmed);
    }

    @Test
    void storesGoTogetherAndOneThatIsRejectedHoldsUpNoOther() {
        BackendHandles handles = new BackendHandles(List.of(
                BackendHandle.primary("sqlite", memories, BackendOptions.LOCAL, BackendObserver.NONE, this::breaker),
                up));
        upstream.takeAtOnce(10);
        Backends backends = backends(handles);
        Delivery delivery = new Delivery(backends, new ConcurrentChangeCheck(backends));
        for (int i = 0; i < 25; i++) {
            oweStore("k" + i);
        }
        delivery.deliver(up, memories.outbox().due("up", clock.millis(), 6_000, 100), () -> true);
        assertThat(upstream.calls()).isEqualTo(3);
        assertThat(memories.outboxAdmin().page("up", null, 100)).isEmpty();

        oweStore("first");
        oweStore("second");
        upstream.fail(2, Kind.REJECTED);
        delivery.deliver(up, memories.outbox().due("up", clock.millis(), 6_000, 100), () -> true);
        assertThat(memories.outboxAdmin().backlog("up").dead()).isEqualTo(1);
        assertThat(value("second")).isEqualTo("v");
    }

    @Test
    void whatCannotBeReadBecomesADeadLetterAndHoldsUpNoOther() throws SQLException {
        MemoryEntry entry = draft("broken", "v").withVersion(HlcTimestamp.atMillis(clock.millis()));
        OutboxEntry kept = new OutboxEntry(
                "up", OutboxEntry.Operation.STORE, "u", "broken", entry.version(), entry, null, 0, clock.millis());
        owe(memories, kept);
        change("UPDATE outbox SET payload = '{\"value\": ' WHERE key = 'broken'");
        oweStore("sound");
        relay.deliverBatches();
        assertThat(value("sound")).isEqualTo("v");
        assertThat(memories.outboxAdmin().backlog("up").pending()).isZero();
        assertThat(memories.outboxAdmin().page("up", null, 10)).singleElement().satisfies(letter -> {
            assertThat(letter.dead()).isTrue();
            assertThat(letter.error()).contains("cannot be read");
        });
    }

    @Test
    void whatOnlyADisabledDatabaseHoldsStaysOwed() {
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "v"));
        clock.advance(Duration.ofHours(1));
        BackendOptions disabled = new BackendOptions(false, 1, TIMEOUT, 0);
        Backends without = backends(new BackendHandles(
                List.of(BackendHandle.primary("sqlite", memories, disabled, BackendObserver.NONE, this::breaker), up)));
        new Delivery(without, new ConcurrentChangeCheck(without))
                .deliver(up, memories.outbox().due("up", clock.millis(), 6_000, 10), () -> true);
        assertThat(memories.outboxAdmin().page("up", null, 10)).hasSize(1);
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
    }

    @Test
    void aMemoryThatCannotBeReadHereHoldsUpNoOther() throws SQLException {
        oweStore("broken");
        clock.advance(Duration.ofMillis(1));
        oweStore("sound");
        change("UPDATE memory SET metadata = '{' WHERE key = 'broken'");
        relay.deliverBatches();
        assertThat(value("sound")).isEqualTo("v");
        assertThat(memories.outboxAdmin().page("up", null, 10))
                .singleElement()
                .satisfies(letter -> assertThat(letter.entry().attempts()).isEqualTo(1));
    }

    @Test
    void whatWasPostponedIsDueAtOnceWhenTheClockWasSetBack() {
        relay.deliverBatches();
        oweStore("key");
        memories.outbox()
                .postpone(owed(OutboxEntry.Operation.STORE, "key", clock.millis()), clock.millis() + 30_000, 0, "down");

        relay.deliverBatches();
        assertThat(upstream.calls()).isZero();

        clock.advance(Duration.ofMinutes(-5));
        relay.deliverBatches();

        assertThat(value("key")).isEqualTo("v");
    }

    @Test
    void whatWasNeverTriedIsDueThenToo() {
        oweStore("key");
        clock.advance(Duration.ofMinutes(-5));

        relay.deliverBatches();

        assertThat(value("key")).isEqualTo("v");
    }

    private void change(String sql) throws SQLException {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("memory.db"));
                Statement statement = other.createStatement()) {
            statement.executeUpdate(sql);
            // Without the rows that triggers change, which depend on how far the search index has come.
            try (ResultSet changes = statement.executeQuery("SELECT changes()")) {
                assertThat(changes.getInt(1)).isEqualTo(1);
            }
        }
    }

    private void oweStore(String key) {
        MemoryEntry entry = draft(key, "v").withVersion(HlcTimestamp.atMillis(clock.millis()));
        memories.commit(new Subject("u", key), tx -> {
            tx.owe(owed(OutboxEntry.Operation.STORE, key, clock.millis()));
            return tx.store(entry);
        });
    }

    @Test
    void theOutboxIsListedPageByPage() {
        for (int i = 0; i < 7; i++) {
            oweStore("k" + i);
            if (i % 2 == 0) {
                clock.advance(Duration.ofMillis(1));
            }
        }
        memories.outbox().deadLetter(owed(OutboxEntry.Operation.STORE, "k5", 0), "no");
        memories.outbox().deadLetter(owed(OutboxEntry.Operation.STORE, "k6", 0), "no");
        List<String> keys = new ArrayList<>();
        OutboxAdmin.Item last = null;
        List<OutboxAdmin.Item> page;
        do {
            page = memories.outboxAdmin().page("up", last, 2);
            for (OutboxAdmin.Item letter : page) {
                keys.add(letter.entry().key());
                last = letter;
            }
        } while (!page.isEmpty());
        assertThat(keys).containsExactlyInAnyOrder("k0", "k1", "k2", "k3", "k4", "k5", "k6");
        assertThat(memories.outboxAdmin().backends()).containsExactly("up");
        assertThat(memories.pendingWrites().backends("u")).containsExactly("up");
        assertThat(memories.pendingWrites().backends("somebody else")).isEmpty();
    }

    // Old deletes

    @Test
    void aCleanupSparesAWriteThatItsBackendHasYetToGet() {
        Instant longAgo = clock.instant().minus(Duration.ofDays(60));
        MemoryEntry old = new MemoryEntry(
                "u", "k", "old", Map.of(), longAgo, longAgo, HlcTimestamp.atMillis(longAgo.toEpochMilli()));
        upstreamStore.store(old);
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "today"));
        clock.advance(Duration.ofMinutes(1));
        upstreamStore.expire("u", clock.instant().minus(RETENTION), HlcTimestamp.atMillis(clock.millis()));
        deliverAll();
        assertThat(value("k")).isEqualTo("today");
        assertThat(memories.retrieve("u", "k")).isEqualTo(upstreamStore.retrieve("u", "k"));
    }

    @Test
    void aStoreThatMayStillArriveFindsWhatACleanupDeletedMeanwhile() {
        Instant longAgo = clock.instant().minus(Duration.ofDays(60));
        MemoryEntry old = new MemoryEntry(
                "u", "k", "old", Map.of(), longAgo, longAgo, HlcTimestamp.atMillis(longAgo.toEpochMilli()));
        upstream.fail(2, Kind.UNAVAILABLE);
        writes.replicate(old);
        writes.expire("u", clock.instant().minus(RETENTION), null);
        deliverAll();
        upstreamStore.store(old);
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void whatACleanupDeletedIsRememberedAsLongAsWhatAPersonDeleted() {
        Instant longAgo = clock.instant().minus(Duration.ofDays(60));
        writes.replicate(new MemoryEntry(
                "u", "k", "old", Map.of(), longAgo, longAgo, HlcTimestamp.atMillis(longAgo.toEpochMilli())));
        writes.expire("u", clock.instant().minus(RETENTION), null);
        assertThat(sweep()).isZero();
        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        clock.advance(RETENTION.plusMinutes(1));
        assertThat(sweep()).isEqualTo(1);
    }

    @Test
    void aDeleteIsForgottenWhenItIsOldAndConfirmedByAll() {
        writes.store(draft("k", "v"));
        writes.delete("u", "k", null);
        writes.deleteAll("other", null);
        clock.advance(RETENTION.minusMillis(1));
        assertThat(sweep()).isZero();
        clock.advance(Duration.ofMinutes(1));
        assertThat(sweep()).isEqualTo(2);
        assertThat(memories.retrieve("u", "k")).isEqualTo(Lookup.MISSING);
        assertThat(memories.retrieve("other", "k")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void aDeleteThatABackendHasNotConfirmedStaysHoweverOldItIs() {
        for (String user : List.of("u", "all", "old")) {
            memories.store(new MemoryEntry(
                    user,
                    "k",
                    "v",
                    Map.of(),
                    clock.instant(),
                    clock.instant(),
                    HlcTimestamp.atMillis(clock.millis() - 1)));
        }
        upstream.fail(3, Kind.UNAVAILABLE);
        writes.delete("u", "k", null);
        writes.deleteAll("all", null);
        writes.expire("old", clock.instant().plusSeconds(1), null);
        clock.advance(Duration.ofDays(400));
        assertThat(sweep()).isZero();
        up.check();
        deliverAll();
        assertThat(sweep()).isEqualTo(3);
    }

    @Test
    void aDeleteThatADeadLetterIsAboutStays() {
        upstream.fail(1, Kind.REJECTED);
        writes.delete("u", "k", null);
        clock.advance(Duration.ofDays(400));
        assertThat(sweep()).isZero();
        memories.outboxAdmin().drop("up");
        assertThat(sweep()).isEqualTo(1);
    }

    @Test
    void whileABackendIsDisabledNoDeleteIsForgotten() {
        writes.delete("u", "k", null);
        clock.advance(Duration.ofDays(400));
        BackendHandle disabled = BackendHandle.replica(
                "off", upstream, new BackendOptions(false, 3, TIMEOUT, 0), BackendObserver.NONE, this::breaker);
        BackendHandles handles = new BackendHandles(List.of(
                BackendHandle.primary("sqlite", memories, BackendOptions.LOCAL, BackendObserver.NONE, this::breaker),
                up,
                disabled));
        Sweeper cautious = new Sweeper(handles, memories.tombstones(), RETENTION, clock);
        assertThat(cautious.sweep(() -> true)).isZero();
        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void manyOldDeletesAreForgottenInSteps() {
        for (int i = 0; i < 1201; i++) {
            memories.delete("u", "k" + i, HlcTimestamp.atMillis(clock.millis()));
        }
        clock.advance(Duration.ofDays(31));
        assertThat(sweep()).isEqualTo(1201);
    }

    private long sweep() {
        return sweeper.sweep(() -> true);
    }

    // Reconcile

    @Test
    void twoTextsOfOneVersionSettleToTheSameOnBothSides() {
        HlcTimestamp version = HlcTimestamp.atMillis(clock.millis());
        for (String key : List.of("a", "b", "c", "d")) {
            memories.store(draft(key, "here " + key).withVersion(version));
            upstreamStore.store(draft(key, "there " + key).withVersion(version));
        }
        reconcile(false);
        deliverAll();
        for (String key : List.of("a", "b", "c", "d")) {
            assertThat(memories.retrieve("u", key)).isEqualTo(upstreamStore.retrieve("u", key));
        }
        assertThat(reconcile(false).isNone()).isTrue();
    }

    @Test
    void whatTheUpstreamLostIsSentAgain() {
        writes.store(draft("kept", "v"));
        writes.store(draft("lost", "v"));
        upstreamStore.forget("u", "lost");
        assertThat(reconcile(true)).isEqualTo(new Drift(2, 1, 0, 0));
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
        assertThat(reconcile(false)).isEqualTo(new Drift(2, 1, 0, 0));
        deliverAll();
        assertThat(value("lost")).isEqualTo("v");
        assertThat(reconcile(false).isNone()).isTrue();
    }

    @Test
    void whatIsNewerThereIsTakenAndWhatIsNewerHereIsSent() {
        writes.store(draft("theirs", "old"));
        writes.store(draft("ours", "old"));
        HlcTimestamp newer = HlcTimestamp.atMillis(clock.millis() + 60_000);
        upstreamStore.store(draft("theirs", "new").withVersion(newer));
        upstreamStore.store(draft("only-theirs", "new").withVersion(newer));
        memories.store(draft("ours", "new").withVersion(newer));
        assertThat(reconcile(false)).isEqualTo(new Drift(3, 1, 0, 2));
        deliverAll();
        assertThat(value("ours")).isEqualTo("new");
        for (String key : List.of("theirs", "only-theirs", "ours")) {
            assertThat(memories.retrieve("u", key)).isEqualTo(upstreamStore.retrieve("u", key));
        }
    }

    @Test
    void whatWasDeletedHereIsDeletedThereWhenAnOldFileIsAddedAgain() {
        writes.store(draft("k", "v"));
        MemoryEntry old = ((Lookup.Found) upstreamStore.retrieve("u", "k")).entry();
        writes.delete("u", "k", null);
        upstreamStore.forget("u", "k");
        upstreamStore.store(old);
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 0, 1, 0));
        deliverAll();
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void aFailureNeverCountsAsMissing() {
        writes.store(draft("k", "v"));
        upstream.fail(1, Kind.UNAVAILABLE);
        assertThatThrownBy(() -> reconcile(false)).isInstanceOf(BackendException.class);
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void whatAnotherProgramWroteStaysWhereItIs() {
        writes.store(draft("k", "v"));
        upstreamStore.store(draft("foreign", "v"));
        assertThat(reconcile(false).isNone()).isTrue();
        assertThat(memories.retrieve("u", "foreign")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void aDeleteThatAnotherMachineMadeThereIsTaken() {
        writes.store(draft("k", "v"));
        writes.store(draft("l", "v"));
        HlcTimestamp deleted = HlcTimestamp.atMillis(clock.millis() + 60_000);
        upstreamStore.delete("u", "k", deleted);
        assertThat(reconcile(true)).isEqualTo(new Drift(2, 0, 0, 1));
        assertThat(reconcile(false)).isEqualTo(new Drift(2, 0, 0, 1));
        assertThat(memories.retrieve("u", "k")).isEqualTo(new Lookup.Deleted(deleted));
        upstreamStore.deleteAll("u", deleted);
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 0, 0, 1));
        assertThat(memories.retrieve("u", "l")).isEqualTo(new Lookup.Deleted(deleted));
        assertThat(reconcile(false).isNone()).isTrue();
    }

    @Test
    void whatHasGoneFromABackendWithoutVersionsIsPutBackOnceAndThenOnlyForAPerson() {
        upstream.keepNoVersions();
        writes.store(draft("k", "v"));
        upstreamStore.wipe();
        clock.advance(Duration.ofMinutes(1));
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 1, 0, 0));
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
        upstreamStore.wipe();
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 0, 0, 0));
        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Found.class);
        assertThat(reconciler.reconcile(up, Mode.RESTORE, List.of(), (user, compared) -> {}))
                .isEqualTo(new Drift(1, 1, 0, 0));
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
        upstreamStore.wipe();
        writes.store(draft("k", "w"));
        assertThat(value("k")).isEqualTo("w");
    }

    @Test
    void whatABackendLostThatKnowsItIsPutBackByItself() {
        upstream.keepNoVersions();
        upstreamStore.unharmedSince = clock.instant();
        writes.store(draft("k", "v"));
        clock.advance(Duration.ofMinutes(1));
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 0, 0, 0));
        upstreamStore.delete("u", "k", HlcTimestamp.atMillis(clock.millis())); // as another machine does
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 0, 0, 0));

        clock.advance(Duration.ofMinutes(1));
        upstreamStore.wipe();
        upstreamStore.unharmedSince = clock.instant();
        clock.advance(Duration.ofMinutes(1));
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 1, 0, 0));
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
    }

    @Test
    void whoIsNotKnownHereIsComparedWhenExpectedOrNamed() {
        for (String user : List.of("expected", "named", "somebody else")) {
            upstreamStore.store(new MemoryEntry(user, "k", "v", Map.of(), null, null, HlcTimestamp.atMillis(1000)));
        }
        assertThat(reconcile(false).takenHere()).isEqualTo(2);
        assertThat(memories.retrieve("expected", "k")).isInstanceOf(Lookup.Found.class);
        assertThat(memories.retrieve("named", "k")).isInstanceOf(Lookup.Found.class);
    }

    @Test
    void aBackendThatKeepsReturningIsComparedOnlySoOften() {
        assertThat(relay.compareOne()).isTrue();
        relay.onRecovered(up);
        assertThat(relay.compareOne()).isFalse();
        clock.advance(Relay.RECONCILE_AGAIN);
        assertThat(relay.compareOne()).isTrue();
        clock.advance(Relay.RECONCILE_AGAIN);
        assertThat(relay.compareOne()).isFalse();
    }

    @Test
    void aComparisonThatFailedCountsAsNone() {
        memories.store(draft("k", "v").withVersion(HlcTimestamp.atMillis(clock.millis())));
        upstream.fail(1, Kind.UNAVAILABLE);
        assertThat(relay.compareOne()).isTrue();
        assertThat(memories.comparisons().comparedMillis("up")).isNull();
        assertThat(relay.compareOne()).as("a pause before the next try").isFalse();
    }

    @Test
    void ofTwoProcessesOneComparesAtATime() {
        assertThat(memories.leases().acquire("reconcile up", "another", Relay.COMPARING))
                .isTrue();
        assertThat(relay.compareOne()).isFalse();
        clock.advance(Relay.COMPARING.plusMillis(1));
        assertThat(relay.compareOne()).isTrue();
    }

    @Test
    void manyPagesOfManyUsersAreCompared() {
        for (int i = 0; i < 1200; i++) {
            Instant now = clock.instant();
            memories.store(new MemoryEntry(
                    "user-" + i % 2, "k" + i, "v", Map.of(), now, now, HlcTimestamp.atMillis(clock.millis() + i)));
        }
        assertThat(reconcile(false)).isEqualTo(new Drift(1200, 1200, 0, 0));
        deliverAll();
        assertThat(reconcile(false)).isEqualTo(new Drift(1200, 0, 0, 0));
    }

    private Drift reconcile(boolean dryRun) {
        return reconciler.reconcile(up, dryRun ? Mode.LOOK : Mode.ROUTINE, List.of("named"), (user, compared) -> {});
    }

    private void deliverAll() {
        clock.advance(Duration.ofHours(1));
        while (relay.deliverBatches()) {
            assertThat(up.isAdmitting()).isTrue();
        }
    }

    private String value(String key) {
        return ((Lookup.Found) upstreamStore.retrieve("u", key)).entry().value();
    }

    private MemoryEntry draft(String key, String value) {
        Instant now = clock.instant();
        return new MemoryEntry("u", key, value, Map.of(), now, now, HlcTimestamp.NONE);
    }

    @Test
    void whatAnotherProgramKeepsUnderAKeyIsNoOlderCopyThatWouldBeReplaced() {
        upstream.keepNoVersions();
        writes.store(draft("k", "v"));
        clock.advance(Duration.ofHours(1));
        reconciler.reconcile(up, Mode.ROUTINE, Set.of("u"), (user, compared) -> {});
        upstreamStore.wipe(); // as another machine deletes what it has
        upstreamStore.store(new MemoryEntry("u", "k", "by another program", Map.of(), null, null, HlcTimestamp.NONE));

        Drift drift = reconciler.reconcile(up, Mode.ROUTINE, Set.of("u"), (user, compared) -> {});

        assertThat(drift.isNone()).isTrue();
    }

    private OutboxEntry owed(OutboxEntry.Operation operation, String key, long due) {
        return new OutboxEntry("up", operation, "u", key, HlcTimestamp.atMillis(clock.millis()), null, null, 0, due);
    }

    private BackendHandle replica(String name, FaultyBackend backend) {
        return BackendHandle.replica(name, backend, ONCE, BackendObserver.NONE, this::breaker);
    }

    private CircuitBreaker breaker(BackendHandle handle) {
        return new CircuitBreaker((delay, task) -> {}, () -> true, () -> {});
    }
}
