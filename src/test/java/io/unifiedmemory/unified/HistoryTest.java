package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.spi.History;
import io.unifiedmemory.memory.spi.InMemoryStore;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.unified.UnifiedMemory.Restored;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.writes.Durability;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The history beside another instance, which keeps one of its own. */
class HistoryTest {

    private final MovableClock clock = new MovableClock();
    private final InMemoryStore store = new InMemoryStore(clock).keeping(HistoryOptions.DEFAULT);
    private final InMemoryStore other = new InMemoryStore(clock).keeping(HistoryOptions.DEFAULT);
    private final FaultyBackend upstream = new FaultyBackend(other);
    private final UnifiedMemory memory = UnifiedMemory.builder()
            .primary("store", store, BackendOptions.LOCAL)
            .replica("up", upstream, new BackendOptions(true, 2, Duration.ofSeconds(30), 0))
            .clock(clock)
            .build();

    @AfterEach
    void close() {
        memory.close();
    }

    private void store(String value) {
        memory.store("u", "k", value, Map.of());
        clock.advance(Duration.ofSeconds(1));
    }

    /** Delivers what is owed, as the relay does. */
    private void deliver() {
        memory.health(); // closes the breaker
        clock.advance(Duration.ofHours(1));
        assertThat(memory.reconcile(false, List.of("u"), (user, count) -> {}).problems())
                .isEmpty();
    }

    private static List<String> kept(InMemoryStore of) {
        return of.history().list("u", null, null, 100, Long.MAX_VALUE).stream()
                .map(one -> one.number() + " " + one.entry().value() + " " + one.how())
                .toList();
    }

    private String held(InMemoryStore of) {
        return of.retrieve("u", "k") instanceof Lookup.Found found
                ? found.entry().value()
                : "";
    }

    @Test
    void aRestoreIsAWriteThatWinsEverywhere() {
        store("first");
        store("second");
        memory.delete("u", "k", null);
        assertThat(kept(store)).containsExactly("2 second DELETED", "1 first REPLACED");
        assertThat(kept(other)).isEqualTo(kept(store));

        upstream.failWrites(Kind.UNAVAILABLE);
        Restored restored = Objects.requireNonNull(memory.restore("u", "k", null, "me"));
        assertThat(restored.revision().number()).isEqualTo(2);
        assertThat(restored.stored().report().durability()).isEqualTo(Durability.QUEUED);
        assertThat(held(store)).isEqualTo("second");
        assertThat(held(other)).isEmpty();
        upstream.recover();
        deliver();
        assertThat(held(other)).isEqualTo("second");

        memory.restore("u", "k", 1, "me");
        assertThat(held(store)).isEqualTo("first");
        assertThat(held(other)).isEqualTo("first");
        assertThat(memory.restore("u", "k", 77, "me")).isNull();
        assertThat(memory.restore("u", "other", null, "me")).isNull();
    }

    @Test
    void whatIsErasedAndStoredAnewIsErasedInAnInstanceThatHearsOfBothAtOnce() {
        for (boolean direct : List.of(true, false)) {
            store("first");
            store("second");
            upstream.failWrites(Kind.UNAVAILABLE);
            memory.delete("u", "k", null, true);
            assertThat(kept(other)).isNotEmpty();
            if (direct) {
                upstream.recover();
                memory.health(); // closes the breaker
                store("third");
            } else {
                store("third");
                upstream.recover();
            }
            deliver();
            assertThat(held(other)).isEqualTo("third");
            assertThat(kept(other)).as("direct " + direct).isEmpty();
            assertThat(store.outboxAdmin().page("up", null, 10)).isEmpty();
        }
    }

    /** Another process erases between the two steps of a restore. */
    @Test
    void whatWasErasedMeanwhileIsNotRestored() {
        store("first");
        memory.delete("u", "k", null);
        PrimaryStore erasing = (PrimaryStore) Proxy.newProxyInstance(
                PrimaryStore.class.getClassLoader(),
                new Class<?>[] {PrimaryStore.class},
                (proxy, method, arguments) -> {
                    Object answer = method.invoke(store, arguments);
                    if (!(answer instanceof History history)) {
                        return answer;
                    }
                    return Proxy.newProxyInstance(
                            History.class.getClassLoader(), new Class<?>[] {History.class}, (of, asked, given) -> {
                                Object told = asked.invoke(history, given);
                                store.erase("u", "k", HlcTimestamp.atMillis(clock.millis()), true);
                                return told;
                            });
                });
        try (UnifiedMemory restoring = UnifiedMemory.builder()
                .primary("store", erasing, BackendOptions.LOCAL)
                .clock(clock)
                .build()) {
            assertThat(restoring.restore("u", "k", null, "me")).isNull();
            assertThat(held(store)).isEmpty();
            assertThat(kept(store)).isEmpty();
        }
    }

    @Test
    void whatArrivesFromElsewhereIsKeptToo() {
        store("first");
        HlcTimestamp later = HlcTimestamp.atMillis(clock.millis() + 1000);
        Instant now = clock.instant();
        memory.replicate(new MemoryEntry("u", "k", "from elsewhere", Map.of(), now, now, later));
        memory.delete("u", "k", later.next());
        assertThat(kept(store)).containsExactly("2 from elsewhere DELETED", "1 first REPLACED");
    }

    @Test
    void aPermanentDeleteErasesInEveryInstanceEvenLater() {
        store("first");
        store("second");
        upstream.failWrites(Kind.UNAVAILABLE);
        memory.delete("u", "k", null, true);
        assertThat(kept(store)).isEmpty();
        assertThat(kept(other)).hasSize(1);
        upstream.recover();
        deliver();
        assertThat(held(other)).isEmpty();
        assertThat(kept(other)).isEmpty();

        store("third");
        store("fourth");
        memory.deleteAll("u", null, true);
        assertThat(kept(store)).isEmpty();
        assertThat(kept(other)).isEmpty();
        assertThat(memory.history("u", null, null, 10, 100))
                .extracting(Revision::number)
                .isEmpty();
    }
}
