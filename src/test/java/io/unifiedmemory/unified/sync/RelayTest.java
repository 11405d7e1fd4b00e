package io.unifiedmemory.unified.sync;

import static io.unifiedmemory.unified.FaultyStore.owe;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.BackendObserver;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.writes.ConcurrentChangeCheck;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The outbox and its relay over a real database file. */
class RelayTest extends SyncSteps {

    @Test
    void whatWasConfirmedIsNotOwed() {
        writes.store(draft("k", "v"));
        awaitConfirmations();
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
        writes.deleteAll("u", null, false);
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
        awaitConfirmations();
        clock.advance(Duration.ofHours(1));
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "w"));
        assertThat(memories.outboxAdmin().backlog("up").confirmedMillis()).isEqualTo(confirmed);
    }

    @Test
    void aMemoryThatCannotBeReadHoldsUpNoOther() {
        upstream.takeAtOnce(500);
        for (int i = 0; i < 20; i++) {
            oweStore("k" + i);
        }
        database.write(tx -> tx.update("UPDATE memory SET metadata = '{' WHERE key = 'k10'"));

        relay.deliverBatches();

        assertThat(upstream.calls()).isEqualTo(2);
        assertThat(memories.outboxAdmin().page("up", null, 100))
                .singleElement()
                .satisfies(item -> assertThat(item.entry().key()).isEqualTo("k10"));
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
}
