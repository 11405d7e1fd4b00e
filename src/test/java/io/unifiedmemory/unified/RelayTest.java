package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.InMemoryBackend;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Outbox;
import io.unifiedmemory.memory.Owed;
import io.unifiedmemory.memory.Version;
import io.unifiedmemory.sqlite.SqliteBackend;
import io.unifiedmemory.sqlite.SqliteDatabase;
import io.unifiedmemory.sqlite.SqliteOptions;
import io.unifiedmemory.sqlite.SqliteOutbox;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The outbox and its relay over a real database file. */
class RelayTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final SlotOptions ONCE = new SlotOptions(true, 2, TIMEOUT, 0);

    @TempDir
    private Path folder;

    private final TestClock clock = new TestClock();
    private final InMemoryBackend upstreamStore = new InMemoryBackend();
    private final FaultyBackend upstream = new FaultyBackend(upstreamStore);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private SqliteDatabase database;
    private Slot up;
    private Outbox outbox;
    private WritePath writes;
    private Relay relay;

    @BeforeEach
    void open() {
        database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        outbox = new SqliteOutbox(database, clock);
        up = slot("up", upstream, false);
        Slots slots = new Slots(
                List.of(new Slot("sqlite", new SqliteBackend(database), SlotOptions.LOCAL, true, this::breaker), up));
        FanOut fanOut = new FanOut(executor, () -> {});
        writes = new WritePath(slots, fanOut, outbox, new VersionClock(clock), clock);
        relay = new Relay(slots, fanOut, outbox, clock);
    }

    @AfterEach
    void close() {
        executor.shutdownNow();
        database.close();
    }

    @Test
    void whatWasConfirmedIsNotOwed() {
        writes.store(draft("k", "v"));
        assertThat(outbox.letters(10)).isEmpty();
    }

    @Test
    void whatAnUpstreamMissedIsDeliveredWhenItIsBack() {
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "v"));
        assertThat(upstreamStore.retrieve("u", "k")).isEqualTo(Lookup.MISSING);
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
        assertThat(outbox.letters(10)).isEmpty();
    }

    @Test
    void theRelayKeepsOffWhileTheWriterStillTriesItself() {
        outbox.write(List.of(owed(Owed.Operation.DELETE, "k", clock.millis() + 1000)), () -> "nothing");
        relay.deliverBatches();
        assertThat(upstream.calls()).isZero();
        clock.advance(Duration.ofSeconds(2));
        relay.deliverBatches();
        assertThat(upstream.calls()).isEqualTo(1);
    }

    @Test
    void whatAProcessLeftThatDiedBetweenCommitAndCallIsDelivered() {
        SqliteBackend memories = new SqliteBackend(database);
        MemoryEntry entry = draft("k", "v").withVersion(Version.atMillis(clock.millis()));
        outbox.write(List.of(owed(Owed.Operation.STORE, "k", clock.millis() + 6000)), () -> memories.store(entry));
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
    }

    @Test
    void theNewestWriteOfAKeyReplacesWhatWasOwedBefore() {
        upstream.fail(2, Kind.UNAVAILABLE);
        writes.store(draft("k", "1"));
        writes.store(draft("k", "2"));
        assertThat(outbox.letters(10)).hasSize(1);
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
        assertThat(outbox.letters(10))
                .singleElement()
                .satisfies(letter -> assertThat(letter.owed().operation()).isEqualTo(Owed.Operation.DELETE_ALL));
        writes.store(draft("b", "again"));
        up.check();
        deliverAll();
        assertThat(upstreamStore.retrieve("u", "gone")).isInstanceOf(Lookup.Deleted.class);
        assertThat(upstreamStore.retrieve("u", "a")).isInstanceOf(Lookup.Deleted.class);
        assertThat(value("b")).isEqualTo("again");
        assertThat(outbox.letters(10)).isEmpty();
    }

    @Test
    void twoCleanupsAreBothDelivered() {
        upstreamStore.store(new MemoryEntry(
                "u", "old", "v", Map.of(), null, clock.instant().minusSeconds(50), Version.atMillis(1)));
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
        assertThat(outbox.backlog("up")).isEqualTo(new Outbox.Backlog(0, null, 1));
        assertThat(outbox.letters(10)).singleElement().satisfies(letter -> {
            assertThat(letter.dead()).isTrue();
            assertThat(letter.error()).contains("told to fail");
        });
        assertThat(outbox.retry("up")).isEqualTo(1);
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
        assertThat(outbox.drop(null)).isZero();
    }

    @Test
    void aConfirmationThatComesLateDoesNotStrikeOffANewerWrite() {
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "1"));
        List<Owed> first = outbox.due("up", Long.MAX_VALUE, 10);
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "2"));
        outbox.confirm(first);
        assertThat(outbox.letters(10)).hasSize(1);
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
        Owed owed = outbox.letters(10).get(0).owed();
        assertThat(owed.attempts()).isEqualTo(13);
        assertThat(owed.dueMillis() - clock.millis()).isBetween(128_000L, 256_000L);
    }

    @Test
    void ofTwoProcessesOneRelaysAndTheOtherTakesOverWhenItDies() {
        assertThat(outbox.lead("one", Relay.LEASE)).isTrue();
        assertThat(outbox.lead("two", Relay.LEASE)).isFalse();
        assertThat(outbox.lead("one", Relay.LEASE)).isTrue();
        clock.advance(Relay.LEASE.plusMillis(1));
        assertThat(outbox.lead("two", Relay.LEASE)).isTrue();
        outbox.resign("two");
        assertThat(outbox.lead("one", Relay.LEASE)).isTrue();
    }

    @Test
    void aLeaseOfAClockThatWasAYearAheadHoldsNobodyUp() {
        clock.advance(Duration.ofDays(365));
        assertThat(outbox.lead("one", Relay.LEASE)).isTrue();
        clock.advance(Duration.ofDays(-365));
        assertThat(outbox.lead("two", Relay.LEASE)).isTrue();
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
        return new MemoryEntry("u", key, value, Map.of(), now, now, Version.NONE);
    }

    private Owed owed(Owed.Operation operation, String key, long due) {
        return new Owed("up", operation, "u", key, Version.atMillis(clock.millis()), null, null, 0, due);
    }

    private Slot slot(String name, FaultyBackend backend, boolean local) {
        return new Slot(name, backend, ONCE, local, this::breaker);
    }

    private CircuitBreaker breaker(Slot slot) {
        return new CircuitBreaker((delay, task) -> {}, () -> true, () -> {});
    }

    /** A wall clock that stands still until it is moved. */
    private static final class TestClock extends Clock {

        private Instant now = Instant.parse("2026-05-01T12:00:00Z");

        void advance(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
