package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.VectorStore.Vector;
import io.unifiedmemory.memory.spi.VectorStore.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call of one method of a store of record, or of what it gives out, that a backend does not have.
 *
 * @param name the method's
 */
record PrimaryStoreCall(String name, Function<PrimaryStore, @Nullable Object> body) {

    /** A call of each method that may fail. {@code PrimaryStoreCallTest} compares them with the interfaces. */
    static List<PrimaryStoreCall> ofEveryMethod(String user, Supplier<HlcTimestamp> clock) {
        OutboxEntry entry = new OutboxEntry("up", Operation.STORE, user, "key", clock.get(), null, null, 0, 0);
        return List.of(
                call("commit", store -> store.commit(new Subject(user, "key"), tx -> tx.retrieve(user, "key"))),
                call("retrieveAll", store -> store.retrieveAll(List.of(new Subject(user, "key")), 1)),
                call("due", store -> store.outbox().due("up", 1, 1, 1)),
                call("claim", store -> store.outbox().claim(List.of(entry), 1, 2)),
                running("acknowledge", store -> store.outbox().acknowledge(List.of(entry))),
                running("postpone", store -> store.outbox().postpone(entry, 1, 0, "error")),
                running("expedite", store -> store.outbox().expedite("up", 1)),
                running("deadLetter", store -> store.outbox().deadLetter(entry, "error")),
                call("concerning", store -> store.pendingWrites().concerning("up", user, "key")),
                call("ofUser", store -> store.pendingWrites().ofUser(user, 1)),
                call("backends of a user", store -> store.pendingWrites().backends(user)),
                call("lookup", store -> store.pendingWrites().lookup(user, "key")),
                call("newest", store -> store.pendingWrites().newest()),
                call("backends", store -> store.outboxAdmin().backends()),
                call("backlog", store -> store.outboxAdmin().backlog("up")),
                call("page", store -> store.outboxAdmin().page("up", null, 1)),
                call("retry", store -> store.outboxAdmin().retry(null)),
                call("drop", store -> store.outboxAdmin().drop(null)),
                call("dropAll", store -> store.outboxAdmin().dropAll("up")),
                call("acquire", store -> store.leases().acquire("name", "holder", Duration.ofSeconds(1))),
                call("isDue", store -> store.leases().isDue("name", Duration.ofSeconds(1))),
                running("release", store -> store.leases().release("holder")),
                call("comparedMillis", store -> store.comparisons().comparedMillis("up")),
                call("note", store -> store.comparisons().note("up", 1, 1)),
                call("isRestored", store -> store.comparisons().isRestored("up")),
                call("incarnation", store -> store.comparisons().incarnation()),
                call("usedMillis", store -> store.comparisons().usedMillis()),
                call("expired", store -> store.expirations().due(Instant.EPOCH, 1)),
                call("newest memories", store -> store.chronicle().newest(user, 0, 1, 1, Instant.EPOCH)),
                call("tags", store -> store.chronicle().tags(user, 1, Instant.EPOCH)),
                call("days", store -> store.chronicle().days(user, Duration.ZERO, Instant.EPOCH)),
                call("list revisions", store -> store.history().list("user", null, null, 1, 1)),
                call("walk revisions", store -> store.history().walk("user", null, 1, 1)),
                call("find revision", store -> store.history().find("user", "key", 1)),
                call("forget revisions", store -> store.history().forget(1)),
                call("forget excess", store -> store.history().forgetExcess(1)),
                call("list deletes", store -> store.tombstones().list("user", null, 1)),
                call("forget", store -> store.tombstones().forget(clock.get(), 1)),
                running("use", store -> store.vectors().use("model", Instant.EPOCH)),
                call("waiting", store -> store.vectors().waiting("model", 1)),
                call("waitingCount", store -> store.vectors().waitingCount("model")),
                running(
                        "keep",
                        store -> store.vectors()
                                .keep("model", List.of(new Vector(new Waiting(user, 1, "key", ""), new byte[0])))),
                running("forget vectors", store -> store.vectors().forget("model")),
                call("users", store -> store.users().users(null, 1)),
                call(
                        "similar",
                        store -> store.similar(
                                new MemoryEntry(user, "key", "value", Map.of(), null, null, HlcTimestamp.NONE),
                                1,
                                Duration.ofSeconds(1))),
                call("update", store -> store.highWater().update(held -> held)));
    }

    @Nullable
    Object on(PrimaryStore store) {
        return body.apply(store);
    }

    private static PrimaryStoreCall call(String name, Function<PrimaryStore, @Nullable Object> body) {
        return new PrimaryStoreCall(name, body);
    }

    private static PrimaryStoreCall running(String name, Consumer<PrimaryStore> body) {
        return new PrimaryStoreCall(name, store -> {
            body.accept(store);
            return name;
        });
    }
}
