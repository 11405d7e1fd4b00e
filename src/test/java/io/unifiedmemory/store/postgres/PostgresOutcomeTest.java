package io.unifiedmemory.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.harness.postgres.PostgresProxy;
import io.unifiedmemory.harness.postgres.PostgresProxy.Direction;
import io.unifiedmemory.harness.postgres.PostgresProxy.Loss;
import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.search.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a write did whose connection broke, or that lost against others, on a real PostgreSQL. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PostgresOutcomeTest {

    private static final String UP = "up";
    private static final int WRITERS = 4;
    private static final int WRITES = 40;

    private final TestStores stores = new TestStores(PostgresServer.shared(), null);
    private final AtomicLong clock =
            new AtomicLong(Instant.parse("2026-05-01T12:00:00Z").toEpochMilli());
    private PostgresProxy proxy;
    /** Behind the proxy. */
    private PostgresStore store;
    /** Beside it. */
    private PostgresStore direct;

    @BeforeEach
    void open() {
        proxy = new PostgresProxy(stores.database().port());
        store = behindProxy("");
        direct = stores.open();
        // The first connection makes the schema, which commits too.
        direct.retrieve("nobody", "key");
        store.retrieve("nobody", "key");
    }

    private PostgresStore behindProxy(String parameters) {
        return stores.open(stores.through(proxy.port(), parameters, Duration.ofSeconds(5)));
    }

    @AfterEach
    void close() {
        proxy.restore();
        store.close();
        direct.close();
        proxy.close();
        stores.drop();
    }

    private HlcTimestamp tick() {
        return HlcTimestamp.atMillis(clock.incrementAndGet());
    }

    private MemoryEntry entry(String user, String key, String value) {
        HlcTimestamp version = tick();
        Instant now = Instant.ofEpochMilli(version.millis());
        return new MemoryEntry(user, key, value, Map.of(), now, now, version);
    }

    private static OutboxEntry owed(MemoryEntry entry) {
        return new OutboxEntry(
                UP,
                Operation.STORE,
                entry.userId(),
                entry.key(),
                entry.version(),
                null,
                null,
                0,
                entry.version().millis());
    }

    /** A write, with what it answers in words that are the same for each user. */
    private record Write(String name, Function<PrimaryStore, String> body) {
        @Override
        public String toString() {
            return name;
        }
    }

    private Write write(String name, String user) {
        HlcTimestamp version = tick();
        Instant now = Instant.ofEpochMilli(version.millis());
        MemoryEntry made = new MemoryEntry(user, "key", "new", Map.of(), now, now, version);
        Function<PrimaryStore, String> body = switch (name) {
            case "store" -> store -> text(store.store(made));
            case "delete" ->
                store -> "removed " + store.delete(user, "key", version).count();
            case "delete all" ->
                store -> "removed " + store.deleteAll(user, version).count();
            case "cleanup" ->
                store -> "removed " + store.expire(user, now, version).count();
            default -> throw new IllegalArgumentException(name);
        };
        return new Write(name, body);
    }

    private static String text(Lookup lookup) {
        return lookup instanceof Lookup.Found found
                ? found.entry().value()
                        + (found.replaced() == null
                                ? ""
                                : " instead of " + found.replaced().value())
                : lookup instanceof Lookup.Deleted ? "deleted" : "missing";
    }

    static Stream<Arguments> lostWrites() {
        return Stream.of("store", "delete", "delete all", "cleanup")
                .flatMap(name -> Stream.of(Loss.values())
                        .flatMap(loss -> Stream.of(true, false).map(known -> Arguments.of(name, loss, known))));
    }

    @ParameterizedTest
    @MethodSource("lostWrites")
    void aWriteWhoseCommitOrAnswerIsLostTakesEffectOnce(String name, Loss loss, boolean known) {
        if (known) {
            direct.store(entry("lost", "key", "old"));
            direct.store(entry("quiet", "key", "old"));
        }
        Write lost = write(name, "lost");
        Write quiet = write(name, "quiet");
        proxy.loseCommit(1, loss);

        String answer = lost.body.apply(store);

        assertThat(proxy.losses()).isOne();
        assertThat(answer).isEqualTo(quiet.body.apply(direct));
        assertThat(text(direct.retrieve("lost", "key"))).isEqualTo(text(direct.retrieve("quiet", "key")));
        assertThat(text(store.retrieve("lost", "key"))).isEqualTo(text(direct.retrieve("quiet", "key")));
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void whatIsOwedIsThereWithTheMemoryOrNotAtAll(Loss loss) {
        MemoryEntry memory = entry("u", "key", "value");
        proxy.loseCommit(1, loss);

        Lookup stored = store.commit(new Subject("u", "key"), tx -> {
            tx.owe(owed(memory));
            return tx.store(memory);
        });

        assertThat(proxy.losses()).isOne();
        assertThat(stored).isEqualTo(new Lookup.Found(memory));
        assertThat(direct.retrieve("u", "key")).isEqualTo(new Lookup.Found(memory));
        assertThat(direct.outboxAdmin().page(UP, null, 10))
                .extracting(OutboxAdmin.Item::entry)
                .containsExactly(owed(memory));
    }

    @Test
    void aFailureDuringTheLookSaysThatNobodyKnows() {
        MemoryEntry memory = entry("u", "key", "value");
        store.retrieve("u", "key");
        proxy.loseCommit(1, Loss.ANSWER, proxy::refuse);

        BackendException failure = catchThrowableOfType(BackendException.class, () -> store.store(memory));

        assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT);
        assertThat(failure.describe()).contains("whether it did is unknown");
        assertThat(direct.retrieve("u", "key")).isEqualTo(new Lookup.Found(memory));
        proxy.restore();
        assertThat(store.store(memory)).isEqualTo(new Lookup.Found(memory));
    }

    /** Each writer has a user of its own, so that it knows what has to be there. */
    @Test
    void amongCutsAndLossesEveryAcknowledgedWriteIsThereOnceAndIsFound() throws Exception {
        Random random = new Random(7);
        Map<String, String> acknowledged = new ConcurrentHashMap<>();
        Set<String> uncertain = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<Void>> writers = IntStream.range(0, WRITERS)
                .mapToObj(writer -> Async.run(() -> {
                    for (int i = 0; i < WRITES; i++) {
                        String key = "key" + i % 8;
                        String value = "word" + writer + "x" + i + "only";
                        MemoryEntry memory = entry("u" + writer, key, value);
                        try {
                            store.commit(new Subject(memory.userId(), key), tx -> {
                                tx.owe(owed(memory));
                                return tx.store(memory);
                            });
                            acknowledged.put("u" + writer + " " + key, value);
                        } catch (BackendException e) {
                            if (e.kind() == Kind.TIMED_OUT) {
                                uncertain.add(value);
                            } else {
                                assertThat(text(direct.retrieve("u" + writer, key)))
                                        .isNotEqualTo(value);
                            }
                        }
                    }
                }))
                .toList();
        CompletableFuture<Void> all = CompletableFuture.allOf(writers.toArray(new CompletableFuture<?>[0]));
        int cuts = 0;
        while (!all.isDone()) {
            int before = proxy.losses();
            proxy.loseCommit(1 + random.nextInt(4), random.nextBoolean() ? Loss.COMMIT : Loss.ANSWER);
            while (proxy.losses() == before && !all.isDone()) {
                Thread.onSpinWait();
            }
            if (++cuts % 3 == 0) {
                proxy.cut();
            }
        }
        all.get();
        proxy.restore();

        assertThat(proxy.losses()).isGreaterThan(10);
        assertThat(acknowledged).hasSize(WRITERS * 8);
        acknowledged.forEach((name, value) -> {
            String[] parts = name.split(" ", 2);
            MemoryEntry held = ((Lookup.Found) direct.retrieve(parts[0], parts[1])).entry();
            assertThat(held.value().equals(value) || uncertain.contains(held.value()))
                    .as(name + " has " + held.value() + " instead of " + value)
                    .isTrue();
            assertThat(found(parts[0], held.value())).containsExactly(parts[1]);
        });
        Set<String> owed = new HashSet<>();
        direct.outboxAdmin().page(UP, null, 1000).forEach(item -> {
            OutboxEntry one = item.entry();
            assertThat(owed.add(one.userId() + one.key())).isTrue();
            assertThat(direct.retrieve(one.userId(), one.key()))
                    .isInstanceOfSatisfying(
                            Lookup.Found.class,
                            there -> assertThat(there.entry().version()).isEqualTo(one.version()));
        });
        assertThat(owed).hasSize(WRITERS * 8);
    }

    private List<String> found(String user, String word) {
        return direct.search(new SearchRequest(user, Query.of(word), 10)).entries().stream()
                .map(MemoryEntry::key)
                .toList();
    }

    @Test
    void readsAndTheOutboxGoOnWithNewConnections() {
        MemoryEntry memory = entry("u", "key", "value");
        store.commit(new Subject("u", "key"), tx -> {
            tx.owe(owed(memory));
            return tx.store(memory);
        });
        long now = memory.version().millis();
        List<Runnable> steps = List.of(
                () -> assertThat(store.retrieve("u", "key")).isEqualTo(new Lookup.Found(memory)),
                () -> assertThat(store.list(new ListRequest("u", null, 5)).entries())
                        .containsExactly(memory),
                () -> assertThat(store.search(new SearchRequest("u", Query.of("value"), 5))
                                .entries())
                        .containsExactly(memory),
                () -> assertThat(store.search(new SearchRequest("u", null, 5)).entries())
                        .containsExactly(memory),
                () -> assertThat(store.leases().acquire("work", "me", Duration.ofMinutes(1)))
                        .isTrue(),
                () -> assertThat(store.leases().acquire("work", "me", Duration.ofMinutes(1)))
                        .isTrue(),
                () -> assertThat(store.outbox().due(UP, now, 1000, 5)).containsExactly(owed(memory)),
                () -> assertThat(store.outbox().claim(List.of(owed(memory)), now, now + 1000))
                        .hasSize(1),
                () -> store.outbox().acknowledge(List.of(owed(memory).dueAt(now + 1000))),
                () -> assertThat(store.outboxAdmin().backlog(UP).pending()).isZero(),
                () -> assertThat(store.check().up()).isTrue(),
                () -> store.highWater().update(held -> held));
        for (Runnable step : steps) {
            proxy.cut();
            step.run();
        }
    }

    @Test
    void aReadWhoseEndIsLostIsRepeated() {
        direct.store(entry("u", "key", "value"));
        proxy.loseCommit(1, Loss.ANSWER);

        assertThat(store.search(new SearchRequest("u", Query.of("value"), 5)).entries())
                .hasSize(1);
        assertThat(proxy.losses()).isOne();
        proxy.loseCommit(1, Loss.ANSWER);
        assertThat(store.highWater().update(held -> held).newest()).isEqualTo(HlcTimestamp.NONE);
        assertThat(proxy.losses()).isEqualTo(2);
    }

    @Test
    void transactionsThatWaitForEachOtherBothCommit() throws Exception {
        direct.store(entry("a", "key", "old"));
        direct.store(entry("b", "key", "old"));
        CyclicBarrier bothHold = new CyclicBarrier(2);
        List<CompletableFuture<Void>> both = Stream.of("a", "b")
                .map(first -> Async.run(() -> {
                    String second = first.equals("a") ? "b" : "a";
                    Set<String> met = new HashSet<>();
                    direct.commit(new Subject(first, "key"), tx -> {
                        if (met.add(first)) {
                            await(bothHold);
                        }
                        tx.store(entry(second, "by " + first, "new"));
                        return tx.store(entry(first, "key", "new"));
                    });
                }))
                .toList();
        for (CompletableFuture<Void> one : both) {
            one.get();
        }

        for (String user : List.of("a", "b")) {
            assertThat(text(direct.retrieve(user, "key"))).isEqualTo("new");
            assertThat(direct.list(new ListRequest(user, null, 10)).entries()).hasSize(2);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(1, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** As other engines of this protocol do for every transaction. */
    @Test
    void serializationFailuresAreRetried() throws Exception {
        stores.database()
                .run("ALTER DATABASE " + stores.database().name()
                        + " SET default_transaction_isolation = 'serializable'");
        try (PostgresStore strict = stores.open()) {
            List<CompletableFuture<Void>> writers = IntStream.range(0, WRITERS)
                    .mapToObj(writer -> Async.run(() -> {
                        for (int i = 0; i < 20; i++) {
                            strict.store(entry("u", "key" + writer + "x" + i, "value"));
                            strict.highWater()
                                    .update(held -> new io.unifiedmemory.memory.spi.HighWaterMark.Mark(
                                            held.newest().next(), 0));
                        }
                    }))
                    .toList();
            for (CompletableFuture<Void> one : writers) {
                one.get();
            }

            assertThat(strict.list(new ListRequest("u", null, 1000)).entries()).hasSize(WRITERS * 20);
            assertThat(strict.highWater().update(held -> held).newest()).isEqualTo(new HlcTimestamp(WRITERS * 20));
        }
    }

    @Test
    void aFrozenServerEndsCallsAndIsUsedAgainWhenItThaws() {
        store.close();
        store = stores.open(stores.through(proxy.port(), "?socketTimeout=1", Duration.ofSeconds(1)));
        MemoryEntry memory = entry("u", "key", "value");
        store.store(memory);
        proxy.freeze(EnumSet.allOf(Direction.class));

        BackendException read = catchThrowableOfType(BackendException.class, () -> store.retrieve("u", "key"));
        BackendException write =
                catchThrowableOfType(BackendException.class, () -> store.store(entry("u", "key", "never")));

        assertThat(read.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(write.kind()).isEqualTo(Kind.UNAVAILABLE);
        proxy.restore();
        assertThat(store.retrieve("u", "key")).isEqualTo(new Lookup.Found(memory));
    }

    @Test
    void aWriterThatFreezesInATransactionDoesNotKeepOthersFromTheUser() throws Exception {
        store.close();
        store = stores.open(stores.through(proxy.port(), "?socketTimeout=1", Duration.ofMillis(500)));
        direct.store(entry("u", "key", "old"));
        MemoryEntry frozen = entry("u", "frozen", "value");
        CompletableFuture<Void> writer = Async.run(() -> store.commit(new Subject("u", "frozen"), tx -> {
            proxy.freeze(EnumSet.of(Direction.TO_SERVER));
            return tx.store(frozen);
        }));
        assertThat(writer).failsWithin(Duration.ofMinutes(1));

        assertThat(text(direct.store(entry("u", "key", "new")))).isEqualTo("new instead of old");
        proxy.restore();
        assertThat(direct.retrieve("u", "frozen")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void afterAnOutageTheFirstCallWorks() {
        MemoryEntry memory = entry("u", "key", "value");
        store.close();
        store = stores.open(stores.through(proxy.port(), "", Duration.ofSeconds(1)));
        store.store(memory);
        for (int outage = 0; outage < 2; outage++) {
            proxy.refuse();
            proxy.cut();
            for (int i = 0; i < 3; i++) {
                BackendException failure =
                        catchThrowableOfType(BackendException.class, () -> store.retrieve("u", "key"));
                assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
                assertThat(failure.describe()).contains("cannot be reached");
            }
            proxy.restore();

            assertThat(store.retrieve("u", "key")).isEqualTo(new Lookup.Found(memory));
        }
    }

    /** As when a call is given up because its time is over. */
    @Test
    void anInterruptEndsACallThatASilentServerHolds() throws Exception {
        store.close();
        store = stores.open(stores.through(proxy.port(), "?socketTimeout=600", Duration.ofSeconds(1)));
        store.store(entry("u", "key", "value"));
        CompletableFuture<BackendException> failure = new CompletableFuture<>();
        proxy.freeze(EnumSet.of(Direction.TO_CLIENT));
        Thread call = new Thread(
                () -> failure.complete(catchThrowableOfType(BackendException.class, () -> store.retrieve("u", "key"))));
        call.start();
        proxy.awaitHeldBack();

        call.interrupt();

        assertThat(failure.get(2, TimeUnit.MINUTES).kind()).isEqualTo(Kind.TIMED_OUT);
        call.join();
        proxy.restore();
        assertThat(text(store.retrieve("u", "key"))).isEqualTo("value");
    }
}
