package io.unifiedmemory.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.harness.postgres.PostgresProxy;
import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.util.Pause;
import io.unifiedmemory.search.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The primary is killed while instances write, and its standby, for which every commit waits, takes over: what was
 * acknowledged is there, and what was deleted stays away.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PostgresFailoverIT {

    private static final String GONE = "gone";
    private static final int WRITERS = 4;
    private static final int KEYS = 25;
    private static final int BEFORE = 60;
    private static final int AFTER = 40;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    private final AtomicLong clock =
            new AtomicLong(Instant.parse("2026-05-01T12:00:00Z").toEpochMilli());
    private final AtomicInteger numbers = new AtomicInteger();

    @Test
    void noAcknowledgedWriteIsLostAndNoDeletedOneIsBack() throws Exception {
        try (PostgresServer primary = PostgresServer.start(PostgresServer.FAST)) {
            TestStores stores = new TestStores(primary, null);
            try (PostgresServer standby = primary.standby()) {
                primary.waitFor(standby);
                try (PostgresStore one = stores.open(stores.ofTwo(standby.port()));
                        PostgresStore other = stores.open(stores.ofTwo(standby.port()))) {
                    assertThat(one.comparisons().isRestored("up")).isFalse();
                    long incarnation = one.comparisons().incarnation();
                    List<Writer> writers = new ArrayList<>();
                    for (int i = 0; i < WRITERS; i++) {
                        writers.add(new Writer(i, i % 2 == 0 ? one : other));
                    }
                    List<CompletableFuture<Void>> running = writers.stream()
                            .map(writer -> Async.run(() -> writer.writeUntil(BEFORE + AFTER)))
                            .toList();
                    for (Writer writer : writers) {
                        writer.acknowledged.awaitAtLeast(BEFORE);
                    }

                    primary.kill();
                    standby.promote();

                    for (CompletableFuture<Void> writer : running) {
                        writer.get();
                    }
                    for (Writer writer : writers) {
                        writer.check(one);
                        writer.check(other);
                    }
                    assertThat(one.comparisons().incarnation()).isGreaterThan(incarnation);
                    assertThat(one.comparisons().isRestored("up")).isTrue();
                }
            }
        }
    }

    @Test
    void anEarlierPrimaryThatGoesOnIsNotUsed() {
        try (PostgresServer primary = PostgresServer.start(PostgresServer.FAST)) {
            TestStores stores = new TestStores(primary, null);
            try (PostgresStore first = stores.open()) {
                first.store(memory("tea", "green"));
            }
            try (PostgresServer standby = primary.standby();
                    PostgresProxy proxy = new PostgresProxy(standby.port())) {
                primary.waitFor(standby);
                standby.promote();
                try (PostgresStore store = stores.open(stores.through(proxy.port(), "", Duration.ofSeconds(5)))) {
                    store.store(memory("coffee", "black"));

                    proxy.leadTo(primary.port());
                    proxy.cut();

                    assertThatThrownBy(() -> store.retrieve("u", "coffee"))
                            .isInstanceOfSatisfying(
                                    BackendException.class,
                                    e -> assertThat(e.describe()).contains("promoted", "stop the earlier one"));
                    proxy.leadTo(standby.port());
                    proxy.cut();
                    assertThat(store.retrieve("u", "coffee")).isInstanceOf(Lookup.Found.class);
                }
            }
        }
    }

    @Test
    void connectionsToAnEarlierPrimaryAreGivenUpAsSoonAsTheNewOneIsMet() {
        try (PostgresServer primary = PostgresServer.start(PostgresServer.FAST)) {
            TestStores stores = new TestStores(primary, null);
            try (PostgresProxy proxy = new PostgresProxy(primary.port());
                    PostgresStore store = stores.open(stores.through(proxy.port(), "", Duration.ofSeconds(5)))) {
                store.store(memory("tea", "green"));
                try (PostgresServer standby = primary.standby();
                        PostgresStore there = stores.open(stores.through(standby.port(), "", Duration.ofSeconds(5)))) {
                    standby.promote();
                    proxy.leadTo(standby.port());

                    // A second connection, while the first one is in use.
                    store.commit(new Subject("u", "tea"), tx -> store.retrieve("u", "tea"));
                    store.store(memory("coffee", "black"));

                    assertThat(there.retrieve("u", "coffee")).isInstanceOf(Lookup.Found.class);
                }
            }
        }
    }

    private MemoryEntry memory(String key, String value) {
        HlcTimestamp version = HlcTimestamp.atMillis(clock.incrementAndGet());
        Instant now = Instant.ofEpochMilli(version.millis());
        return new MemoryEntry("u", key, value, Map.of(), now, now, version);
    }

    /** How many writes were acknowledged, for who waits for that. */
    private static final class Count {

        private int reached;

        synchronized int increment() {
            notifyAll();
            return ++reached;
        }

        synchronized void awaitAtLeast(int number) throws InterruptedException {
            while (reached < number) {
                wait();
            }
        }
    }

    /** One user's writes, one after the other, with what may be under each key now. */
    private final class Writer {

        private final String user;
        private final PostgresStore store;
        private final Random random;
        private final Count acknowledged = new Count();
        /** The values that a key may have: the last acknowledged one, and those of later writes with unknown outcome. */
        private final Map<String, Set<String>> possible = new HashMap<>();

        Writer(int number, PostgresStore store) {
            this.user = "u" + number;
            this.store = store;
            this.random = new Random(number);
        }

        void writeUntil(int number) {
            int done = 0;
            while (done < number) {
                String key = "key " + random.nextInt(KEYS);
                String value = random.nextInt(4) == 0 ? GONE : "word" + numbers.incrementAndGet() + "only";
                try {
                    write(key, value);
                    possible.put(key, new HashSet<>(Set.of(value)));
                    done = acknowledged.increment();
                } catch (BackendException e) {
                    assertThat(e.kind()).as(e.describe()).isIn(Kind.UNAVAILABLE, Kind.TIMED_OUT, Kind.OVERLOADED);
                    if (e.kind() == Kind.TIMED_OUT) {
                        possible.computeIfAbsent(key, k -> new HashSet<>(Set.of(GONE)))
                                .add(value);
                    }
                    Pause.of(BETWEEN_TRIES);
                }
            }
        }

        private void write(String key, String value) {
            HlcTimestamp version = HlcTimestamp.atMillis(clock.incrementAndGet());
            Instant now = Instant.ofEpochMilli(version.millis());
            if (value.equals(GONE)) {
                store.delete(user, key, version);
            } else {
                store.store(new MemoryEntry(user, key, value, Map.of(), now, now, version));
            }
        }

        void check(PostgresStore by) {
            Set<String> there = new HashSet<>();
            possible.forEach((key, values) -> {
                Lookup found = by.retrieve(user, key);
                String value =
                        found instanceof Lookup.Found memory ? memory.entry().value() : GONE;
                assertThat(values).as(user + ", " + key).contains(value);
                if (!value.equals(GONE)) {
                    there.add(key);
                    assertThat(keys(by.search(new SearchRequest(user, Query.of(value), 10))
                                    .entries()))
                            .as(user + " searches " + value)
                            .containsExactly(key);
                }
            });
            assertThat(keys(by.list(new ListRequest(user, null, 1000)).entries()))
                    .containsExactlyInAnyOrderElementsOf(there);
        }

        private List<String> keys(List<MemoryEntry> entries) {
            return entries.stream().map(MemoryEntry::key).toList();
        }
    }
}
