package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.InMemoryStore;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.CallOrder;
import io.unifiedmemory.unified.calls.NoBackendException;
import io.unifiedmemory.unified.reads.AlreadyShown;
import io.unifiedmemory.unified.reads.Retrieval;
import io.unifiedmemory.unified.reads.SearchResult;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.Stored;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A store of record across a network is as patient a backend as any other: timeout, retries, breaker. */
class RemotePrimaryTest {

    private static final Duration BRIEF = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final InMemoryStore store = new InMemoryStore(Clock.systemUTC());
    private final FaultyBackend primary = new FaultyBackend(store);
    private final InMemoryBackend replica = new InMemoryBackend();

    private UnifiedMemory.Builder alone(Duration timeout, int retries) {
        return UnifiedMemory.builder()
                .primary("remote", FaultyStore.remote(primary, store), new BackendOptions(true, 1, timeout, retries));
    }

    private UnifiedMemory memory(Duration timeout, int retries) {
        return alone(timeout, retries)
                .replica("up", replica, new BackendOptions(true, 2, LONG, 0))
                .build();
    }

    private static String breaker(UnifiedMemory memory) {
        return Objects.requireNonNull(memory.standing().get("remote")).breaker();
    }

    @Test
    void aCommitThatHangsEndsAtItsTimeoutAndTheCallerHearsOfIt() throws Exception {
        try (UnifiedMemory memory = memory(BRIEF, 2)) {
            primary.hang();

            assertThatThrownBy(() -> memory.store("u", "k", "v", Map.of()))
                    .isInstanceOf(NoBackendException.class)
                    .hasMessageContainingAll("did not answer within 200 ms", "it may have been written there");

            primary.awaitInterrupted();
            assertThat(replica.retrieve("u", "k"))
                    .as("others may reach the database, and would not know of it")
                    .isEqualTo(Lookup.MISSING);
        }
    }

    @Test
    void whereItIsAloneTheCallFails() {
        try (UnifiedMemory memory = alone(BRIEF, 2).build()) {
            primary.hang();

            assertThatThrownBy(() -> memory.store("u", "k", "v", Map.of()))
                    .isInstanceOfSatisfying(
                            NoBackendException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMED_OUT));
            assertThatThrownBy(() -> memory.retrieve("u", "k"))
                    .as("refused at once")
                    .isInstanceOf(NoBackendException.class)
                    .hasMessageContaining("remote is not asked at present because it kept failing");
        }
    }

    @Test
    void whileItsBreakerIsOpenItIsNotCalledAndTheOthersAnswer() {
        try (UnifiedMemory memory = memory(BRIEF, 0)) {
            memory.store("u", "k", "old", Map.of());
            primary.hang();
            assertRefused(memory, "k", "new");
            assertThat(breaker(memory)).isNotEqualTo("closed");
            int calls = primary.calls();

            Retrieval retrieved = memory.retrieve("u", "k");
            assertThat(Machine.text(retrieved.lookup())).isEqualTo("old");
            assertThat(retrieved.source()).isEqualTo("up");
            assertThat(retrieved.problems()).containsKey("remote");
            SearchResult found = memory.search(new SearchRequest("u", Query.of("old"), 10), AlreadyShown.NOTHING);
            assertThat(found.hits()).extracting(hit -> hit.entry().value()).containsExactly("old");
            assertThat(found.problems()).containsKey("remote");
            assertThat(memory.list(new ListRequest("u", null, 10)).page().entries())
                    .hasSize(1);
            assertRefused(memory, "other", "v");
            memory.standing();

            assertThat(primary.calls()).isEqualTo(calls);
        }
    }

    @Test
    void whatMayPassIsTriedAgain() {
        try (UnifiedMemory memory = memory(LONG, 2)) {
            primary.fail(2, Kind.UNAVAILABLE);

            assertThat(memory.store("u", "k", "v", Map.of()).report().durability())
                    .isEqualTo(Durability.REPLICATED);

            assertThat(Machine.text(store.retrieve("u", "k"))).isEqualTo("v");
            assertThat(breaker(memory)).isEqualTo("closed");
        }
    }

    @Test
    void aWriteThatItRefusesWhileItAnswersReadsIsRefused() {
        try (UnifiedMemory memory = memory(LONG, 0)) {
            memory.store("u", "k", "old", Map.of());
            primary.fail(1, Kind.UNAVAILABLE);

            assertThatThrownBy(() -> memory.store("u", "k", "new", Map.of()))
                    .isInstanceOf(NoBackendException.class)
                    .hasMessageContaining("nothing was changed anywhere");

            assertThat(Machine.text(replica.retrieve("u", "k"))).isEqualTo("old");
            assertThat(primary.callers()).doesNotContain(Thread.currentThread());
        }
    }

    @Test
    void severalFailuresInARowOpenTheBreaker() {
        try (UnifiedMemory memory = memory(LONG, 2)) {
            primary.fail(1_000, Kind.UNAVAILABLE);

            assertThatThrownBy(() -> memory.store("u", "k", "v", Map.of()))
                    .isInstanceOf(NoBackendException.class)
                    .hasMessageContainingAll("told to fail", "nothing was changed anywhere");
            assertThat(breaker(memory)).isNotEqualTo("closed");
        }
    }

    private static void assertRefused(UnifiedMemory memory, String key, String value) {
        assertThatThrownBy(() -> memory.store("u", key, value, Map.of())).isInstanceOf(NoBackendException.class);
    }

    @Test
    void onceItAnswersItIsAskedAgain() {
        try (UnifiedMemory memory = memory(BRIEF, 0)) {
            memory.store("u", "k", "old", Map.of());
            primary.hang();
            assertRefused(memory, "k", "new");

            primary.recover();
            memory.health();

            assertThat(breaker(memory)).isEqualTo("closed");
            Retrieval retrieved = memory.retrieve("u", "k");
            assertThat(Machine.text(retrieved.lookup())).isEqualTo("old");
            assertThat(retrieved.source()).isEqualTo("remote");
            assertThat(retrieved.problems()).isEmpty();
            assertThat(Machine.text(store.retrieve("u", "k"))).isEqualTo("old");
            assertThat(memory.store("u", "k", "newer", Map.of()).report().durability())
                    .isEqualTo(Durability.REPLICATED);
        }
    }

    /** Here the first call of a read: whether the database was put back. */
    @Test
    void whatItGivesOutHasATimeoutToo() throws Exception {
        try (UnifiedMemory memory = memory(BRIEF, 0)) {
            memory.store("u", "k", "v", Map.of());
            primary.hang();

            Retrieval retrieved = memory.retrieve("u", "k");

            primary.awaitInterrupted();
            assertThat(Machine.text(retrieved.lookup())).isEqualTo("v");
            assertThat(retrieved.source()).isEqualTo("up");
            assertThat(retrieved.problems()).containsKey("remote");
        }
    }

    @Test
    void nothingIsAskedOfItOnTheThreadOfTheCaller() {
        try (UnifiedMemory memory = memory(LONG, 0)) {
            memory.store("u", "k", "v", Map.of());
            memory.retrieve("u", "k");
            memory.retrieve("u", "missing");
            memory.search(new SearchRequest("u", Query.of("v"), 10), AlreadyShown.NOTHING);
            memory.list(new ListRequest("u", null, 10));
            memory.delete("u", "k", null);
            memory.expire("u", Clock.systemUTC().instant(), null);
            memory.deleteAll("u", null);
            memory.health();
            memory.standing();
            memory.ready();
            memory.reconcile(false, List.of("u"), (step, done) -> {});

            assertThat(primary.callers()).isNotEmpty().doesNotContain(Thread.currentThread());
        }
    }

    /** The second call is made while the first one waits, as a client's calls come that do not wait for each other. */
    @Test
    void callsOfOneClientTakeEffectThereInTheirOrder() throws Exception {
        CountDownLatch turn = new CountDownLatch(1);
        UnifiedMemory.Builder ordered = alone(LONG, 0).order(CallOrder.ofOneClient(turn::countDown));
        try (UnifiedMemory memory = ordered.build()) {
            CountDownLatch opens = new CountDownLatch(1);
            CountDownLatch waits = primary.hangOnce(opens);
            FutureTask<Stored> first = new FutureTask<>(() -> memory.store("u", "k", "first", Map.of()));
            started(first);
            assertThat(waits.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(turn.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            int calls = primary.calls();
            FutureTask<Lookup> second =
                    new FutureTask<>(() -> memory.retrieve("u", "k").lookup());
            awaitWaiting(started(second));
            memory.store("u", "another", "goes through", Map.of());

            assertThat(second.isDone()).isFalse();
            assertThat(primary.calls()).isEqualTo(calls + 1);
            opens.countDown();

            first.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(Machine.text(second.get(LONG.toSeconds(), TimeUnit.SECONDS)))
                    .isEqualTo("first");
        }
    }

    private static Thread started(FutureTask<?> call) {
        Thread thread = new Thread(call, "client");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Until it waits for another thread, or has ended. */
    private static void awaitWaiting(Thread thread) {
        while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }
}
