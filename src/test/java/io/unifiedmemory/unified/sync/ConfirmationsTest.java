package io.unifiedmemory.unified.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.BackendObserver;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.calls.FanOut;
import io.unifiedmemory.unified.clock.HybridLogicalClock;
import io.unifiedmemory.unified.writes.ConcurrentChangeCheck;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.WritePath;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the outbox learns of confirmations, and when. */
class ConfirmationsTest extends SyncSteps {

    /** Runs the call of a backend at once, and keeps what is begun for later. */
    private static final class Later extends AbstractExecutorService {

        private final Thread caller = Thread.currentThread();
        private final BlockingQueue<Runnable> kept = new LinkedBlockingQueue<>();

        @Override
        public void execute(Runnable task) {
            if (Thread.currentThread() == caller) {
                task.run();
            } else {
                kept.add(task);
            }
        }

        /** Runs the next one, once it is there. */
        void runOne() throws InterruptedException {
            kept.take().run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    private WritePath writes(Later later) {
        BackendHandles handles = new BackendHandles(List.of(
                BackendHandle.primary("sqlite", memories, BackendOptions.LOCAL, BackendObserver.NONE, this::breaker),
                up));
        Backends backends = new Backends(
                handles,
                new FanOut(later, handle -> {}),
                memories,
                new HybridLogicalClock(clock, memories.highWater()),
                clock);
        return new WritePath(backends, new ConcurrentChangeCheck(backends), true, () -> {});
    }

    private List<String> owed() {
        return memories.outboxAdmin().page("up", null, 10).stream()
                .map(item -> item.entry().operation() + " " + item.entry().key())
                .toList();
    }

    @Test
    void theOutboxLearnsOfAllThatWereConfirmedMeanwhileAtOnce() throws Exception {
        Later later = new Later();
        WritePath path = writes(later);

        for (String key : List.of("a", "b", "c")) {
            assertThat(path.store(draft(key, "v")).report().durability()).isEqualTo(Durability.REPLICATED);
        }
        assertThat(path.delete("u", "a", null, false).report().durability()).isEqualTo(Durability.REPLICATED);
        assertThat(owed()).hasSize(3);

        later.runOne();
        assertThat(owed()).isEmpty();
        assertThat(path.awaitConfirmations()).isTrue();
    }

    @Test
    void whatTheOutboxIsNeverToldIsDeliveredAgain() {
        Later later = new Later();
        writes(later).store(draft("k", "v"));
        int calls = upstream.calls();
        assertThat(owed()).containsExactly("STORE k");

        deliverAll(); // as the next process does

        assertThat(upstream.calls()).isEqualTo(calls + 1);
        assertThat(upstreamStore.retrieve("u", "k")).isEqualTo(memories.retrieve("u", "k"));
        assertThat(owed()).isEmpty();
    }

    @Test
    void whoeverReadsWaitsForTheOutboxOnlyShortly() throws Exception {
        Later later = new Later();
        WritePath path = writes(later);
        assertThat(path.awaitConfirmations()).as("when there is nothing").isTrue();
        path.store(draft("k", "v"));

        assertThat(path.awaitConfirmations()).isFalse();

        later.runOne();
        assertThat(path.awaitConfirmations()).isTrue();
    }

    @Test
    void aConfirmationOfAWriteThatWasReplacedMeanwhileLeavesTheNewerOneInTheOutbox() throws Exception {
        Later later = new Later();
        WritePath path = writes(later);
        path.store(draft("k", "old"));
        upstream.fail(1, Kind.UNAVAILABLE);
        assertThat(path.store(draft("k", "new")).report().durability()).isEqualTo(Durability.QUEUED);

        later.runOne();

        assertThat(memories.outboxAdmin().page("up", null, 10))
                .singleElement()
                .satisfies(item -> assertThat(item.entry().operation()).isEqualTo(OutboxEntry.Operation.STORE));
        deliverAll();
        assertThat(value("k")).isEqualTo("new");
    }

    @Test
    void aBackendWithoutVersionsHasConfirmedOnceTheOutboxKnows() {
        Later later = new Later();
        upstream.keepNoVersions();

        assertThat(writes(later).store(draft("k", "v")).report().durability()).isEqualTo(Durability.REPLICATED);

        assertThat(owed()).isEmpty();
    }

    /** Delivered again, it would also erase what a later write has replaced by then. */
    @Test
    void whatErasesHistoryIsStruckOutAtOnce() {
        Later later = new Later();
        WritePath path = writes(later);
        path.delete("u", "k", null, true);
        assertThat(owed()).isEmpty();

        path.store(draft("k", "first"));

        assertThat(memories.outboxAdmin().page("up", null, 10))
                .singleElement()
                .satisfies(item -> assertThat(item.entry().permanently()).isFalse());
    }
}
