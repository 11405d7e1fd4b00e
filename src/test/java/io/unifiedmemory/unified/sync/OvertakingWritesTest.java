package io.unifiedmemory.unified.sync;

import static io.unifiedmemory.unified.FaultyStore.owe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.unified.FaultyBackend;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.BackendObserver;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.writes.ConcurrentChangeCheck;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.Stored;
import io.unifiedmemory.unified.writes.WritePath;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Writes of one key that pass each other on their way to a backend. */
class OvertakingWritesTest extends SyncSteps {

    @Test
    void aDeleteThatOvertookAStoreOnItsWayIsOwedAgain() throws Exception {
        upstream.keepNoVersions();
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
        upstream.keepNoVersions();
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
        upstream.keepNoVersions();
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
        writes.delete("u", "deleted", null, false);
        assertThat(value("stored")).isEqualTo("ours");
        assertThat(upstreamStore.retrieve("u", "deleted")).isInstanceOf(Lookup.Deleted.class);
        assertThat(memories.retrieve("u", "stored")).isEqualTo(upstreamStore.retrieve("u", "stored"));
        awaitConfirmations();
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    /** A backend with versions knows by itself which of the two is newer. */
    @Test
    void aDeleteThatOvertakesAStoreOnItsWayToABackendWithVersionsIsNotOwedAgain() throws Exception {
        CountDownLatch gate = upstream.hang();
        Future<Stored> storing = executor.submit(() -> writes.store(draft("k", "v")));
        upstream.awaitWaiting();
        HlcTimestamp deleted = HlcTimestamp.atMillis(clock.millis() + 1000);
        memories.delete("u", "k", deleted);
        upstreamStore.delete("u", "k", deleted);
        gate.countDown();
        upstream.recover();

        storing.get();

        awaitConfirmations();
        assertThat(memories.retrieve("u", "k")).isEqualTo(upstreamStore.retrieve("u", "k"));
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void whatOneBackendKnowsToBeNewerTheOthersLearn() {
        InMemoryBackend otherStore = new InMemoryBackend();
        BackendHandle other = replica("other", new FaultyBackend(otherStore));
        BackendHandles handles = new BackendHandles(List.of(
                BackendHandle.primary("sqlite", memories, BackendOptions.LOCAL, BackendObserver.NONE, this::breaker),
                up,
                other));
        Backends backends = backends(handles);
        ConcurrentChangeCheck overtaking = new ConcurrentChangeCheck(backends);
        WritePath path = new WritePath(backends, overtaking, true, () -> {});
        HlcTimestamp newer = HlcTimestamp.atMillis(clock.millis());
        HlcTimestamp older = HlcTimestamp.atMillis(clock.millis() - 60_000);
        upstreamStore.delete("u", "deleted", newer);
        upstreamStore.store(draft("replaced", "newer").withVersion(newer));

        path.replicate(draft("deleted", "older").withVersion(older));
        path.replicate(draft("replaced", "older").withVersion(older));

        assertThat(otherStore.retrieve("u", "deleted")).isInstanceOf(Lookup.Found.class);
        new Delivery(backends, overtaking)
                .deliver(other, memories.outbox().due("other", clock.millis(), 6_000, 100), () -> true);
        for (String key : List.of("deleted", "replaced")) {
            assertThat(otherStore.retrieve("u", key))
                    .isEqualTo(upstreamStore.retrieve("u", key))
                    .isEqualTo(memories.retrieve("u", key));
        }
    }
}
