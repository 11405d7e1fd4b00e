package io.unifiedmemory.unified.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.OutboxEntry;
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
import io.unifiedmemory.unified.writes.ConcurrentChangeCheck;
import io.unifiedmemory.unified.writes.WritePath;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store of record with one upstream, and everything that keeps the two alike, over a real database file. */
abstract class SyncSteps {

    static final Duration TIMEOUT = Duration.ofSeconds(30);
    static final Duration RETENTION = Duration.ofDays(30);
    static final BackendOptions ONCE = new BackendOptions(true, 2, TIMEOUT, 0);

    @TempDir
    Path folder;

    final MovableClock clock = new MovableClock();
    final InMemoryBackend upstreamStore = new InMemoryBackend();
    final FaultyBackend upstream = new FaultyBackend(upstreamStore);
    final ExecutorService executor = Executors.newCachedThreadPool();
    SqliteDatabase database;
    BackendHandle up;
    WritePath writes;
    Relay relay;
    SqliteStore memories;
    Reconciler reconciler;
    Sweeper sweeper;

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
        sweeper = new Sweeper(
                handles,
                memories,
                expired -> writes.delete(expired.userId(), expired.key(), expired.version(), false),
                RETENTION,
                clock);
        relay = new Relay(
                backends, new Delivery(backends, overtaking), reconciler, new RestoredFile(handles, memories), sweeper);
    }

    Backends backends(BackendHandles handles) {
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

    /** The outbox learns of confirmations a moment after the calls. */
    void awaitConfirmations() {
        while (!writes.awaitConfirmations()) {
            Thread.onSpinWait();
        }
    }

    void deliverAll() {
        clock.advance(Duration.ofHours(1));
        while (relay.deliverBatches()) {
            assertThat(up.isAdmitting()).isTrue();
        }
    }

    String value(String key) {
        return ((Lookup.Found) upstreamStore.retrieve("u", key)).entry().value();
    }

    MemoryEntry draft(String key, String value) {
        Instant now = clock.instant();
        return new MemoryEntry("u", key, value, Map.of(), now, now, HlcTimestamp.NONE);
    }

    OutboxEntry owed(OutboxEntry.Operation operation, String key, long due) {
        return new OutboxEntry("up", operation, "u", key, HlcTimestamp.atMillis(clock.millis()), null, null, 0, due);
    }

    BackendHandle replica(String name, FaultyBackend backend) {
        return BackendHandle.replica(name, backend, ONCE, BackendObserver.NONE, this::breaker);
    }

    CircuitBreaker breaker(BackendHandle handle) {
        return new CircuitBreaker((delay, task) -> {}, () -> true, () -> {});
    }
}
