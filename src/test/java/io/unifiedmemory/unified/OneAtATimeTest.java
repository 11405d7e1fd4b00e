package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.unified.Machine.Keeps;
import io.unifiedmemory.unified.sync.Relay;
import io.unifiedmemory.unified.writes.Deleted;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A backend that keeps no versions gets the writes of a memory one after the other, whoever makes and delivers them.
 */
class OneAtATimeTest {

    /** How the older write is under way. */
    enum UnderWay {
        BY_ITS_WRITER,
        BY_THE_RELAY
    }

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final ForgetfulBackend upstreamStore = new ForgetfulBackend();
    private final FaultyBackend upstream = new FaultyBackend(upstreamStore);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<Machine> opened = new ArrayList<>();

    @AfterEach
    void close() {
        executor.shutdownNow();
        opened.forEach(Machine::close);
    }

    @ParameterizedTest
    @EnumSource
    void aDeleteDoesNotOvertakeAStore(UnderWay how) throws Exception {
        for (Keeps keeps : Keeps.values()) {
            Machine one = open(keeps);
            Machine two = open(keeps);
            for (Machine deletes : List.of(one, two)) {
                String key = "k" + opened.indexOf(deletes);
                CountDownLatch gate = new CountDownLatch(1);
                Future<?> older = storeUnderWay(one, key, how, gate);
                assertThat(deletes.delete(key).outcomes()).containsEntry("up", Outcome.QUEUED);
                gate.countDown();
                older.get();
                clock.advance(Relay.LEASE.plusSeconds(1));
                deletes.deliver();
                assertThat(upstreamText(key))
                        .as("soon after the older one is done")
                        .isEqualTo("none");
                assertThat(deletes.table.outboxAdmin().page("up", null, 10)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDeleteOfManyDoesNotOvertakeAStore(UnderWay how) throws Exception {
        for (boolean all : List.of(true, false)) {
            Machine one = open(Keeps.NO_MEMORIES);
            Machine two = open(Keeps.NO_MEMORIES);
            CountDownLatch gate = new CountDownLatch(1);
            Future<?> older = storeUnderWay(one, "k", how, gate);
            Deleted deleted = all
                    ? two.memory.deleteAll("u", null)
                    : two.memory.expire("u", clock.instant().plus(Duration.ofDays(1)), null);
            assertThat(deleted.report().outcomes()).containsEntry("up", Outcome.QUEUED);
            gate.countDown();
            older.get();
            clock.advance(Duration.ofMinutes(10));
            two.deliver();
            assertThat(upstreamText("k")).isEqualTo("none");
            assertThat(two.table.outboxAdmin().page("up", null, 10)).isEmpty();
        }
    }

    @Test
    void aStoreDoesNotOvertakeADeleteOfMany() throws Exception {
        Machine one = open(Keeps.NO_MEMORIES);
        Machine two = open(Keeps.NO_MEMORIES);
        CountDownLatch gate = upstream.hang();
        Future<?> older = executor.submit(() -> one.memory.deleteAll("u", null));
        upstream.awaitWaiting();
        upstream.recover();
        assertThat(two.store("k", "new").outcomes()).containsEntry("up", Outcome.QUEUED);
        gate.countDown();
        older.get();
        clock.advance(Duration.ofMinutes(10));
        two.deliver();
        assertThat(upstreamText("k")).isEqualTo("new");
    }

    @Test
    void theRelaySkipsWhatWasReplacedSinceItReadIt() throws Exception {
        Machine one = open(Keeps.NO_MEMORIES);
        upstream.fail(2, Kind.UNAVAILABLE);
        one.store("first", "old");
        one.store("second", "old");
        clock.advance(Duration.ofHours(1));
        CountDownLatch gate = upstream.hang();
        Future<?> relay = executor.submit(one::deliver);
        upstream.awaitWaiting();
        upstream.recover();
        assertThat(one.delete("second").outcomes()).containsEntry("up", Outcome.DELETED);
        gate.countDown();
        relay.get();
        assertThat(upstreamText("first")).isEqualTo("old");
        assertThat(upstreamText("second")).isEqualTo("none");
        assertThat(one.table.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void aRelayThatTakesOverLeavesAloneWhatIsUnderWay() throws Exception {
        Machine one = open(Keeps.NO_MEMORIES);
        Machine two = open(Keeps.NO_MEMORIES);
        CountDownLatch gate = new CountDownLatch(1);
        Future<?> older = storeUnderWay(one, "k", UnderWay.BY_THE_RELAY, gate);
        clock.advance(Relay.LEASE.plusSeconds(1));
        int calls = upstream.calls();
        two.deliver();
        assertThat(upstream.calls()).isEqualTo(calls);
        gate.countDown();
        older.get();
        assertThat(two.table.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void whatWasGivenUpMayStillArriveAndIsNotOvertaken() {
        Machine one = open(Keeps.NO_MEMORIES);
        upstream.fail(1, Kind.TIMED_OUT);
        one.store("k", "old");
        one.memory.health();
        assertThat(one.delete("k").outcomes()).containsEntry("up", Outcome.QUEUED);
        int calls = upstream.calls();
        one.deliver();
        assertThat(upstream.calls()).isEqualTo(calls);
        clock.advance(Machine.TIMEOUT.plusSeconds(2));
        one.deliver();
        assertThat(upstream.calls()).isGreaterThan(calls);
        assertThat(one.table.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void whatFailedForCertainHoldsUpNothing() {
        Machine one = open(Keeps.NO_MEMORIES);
        upstream.fail(1, Kind.UNAVAILABLE);
        one.store("k", "old");
        assertThat(one.store("k", "new").durability()).isEqualTo(Durability.REPLICATED);
        assertThat(upstreamText("k")).isEqualTo("new");
    }

    @Test
    void aClockThatWasSetBackHoldsUpNothing() throws Exception {
        Machine one = open(Keeps.NO_MEMORIES);
        clock.advance(Duration.ofHours(3));
        upstream.fail(1, Kind.TIMED_OUT);
        one.store("k", "old");
        clock.advance(Duration.ofHours(-3));
        one.memory.health();
        one.delete("k");
        clock.advance(Machine.TIMEOUT.plusSeconds(2));
        one.deliver();
        assertThat(one.table.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    /** Starts a store whose call of the upstream waits for the gate; others go through. */
    private Future<?> storeUnderWay(Machine machine, String key, UnderWay how, CountDownLatch gate) throws Exception {
        if (how == UnderWay.BY_THE_RELAY) {
            upstream.fail(1, Kind.UNAVAILABLE);
            machine.memory.store("u", key, "old", Map.of());
            clock.advance(Duration.ofHours(1));
        }
        CountDownLatch waiting = upstream.hangOnce(gate);
        Future<?> older =
                executor.submit(how == UnderWay.BY_THE_RELAY ? machine::deliver : () -> machine.store(key, "old"));
        while (!waiting.await(50, TimeUnit.MILLISECONDS)) {
            assertThat(older.isDone()).as("ended without a call").isFalse();
        }
        return older;
    }

    private String upstreamText(String key) {
        return Machine.text(upstreamStore.retrieve("u", key));
    }

    private Machine open(Keeps keeps) {
        Machine machine = new Machine(folder.resolve(keeps + ".db"), upstream, clock, keeps);
        opened.add(machine);
        return machine;
    }
}
