package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.unified.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What each part of the contract of a store of record builds on. What is opened is a {@link PrimaryStore} over an empty
 * database.
 */
interface PrimaryStoreSteps extends ContractSteps {

    /** Two backends to which something is owed, by name. */
    String UP = "up";

    String OTHER = "other";

    /** How long one try of a delivery may take. */
    long TRY_MILLIS = Duration.ofSeconds(5).toMillis();

    /** The clock that the store goes by. */
    MovableClock clock();

    /** Another store on the database of the test's, as of another process; null when there can be none. */
    @Nullable
    PrimaryStore openBeside();

    default PrimaryStore primary() {
        return (PrimaryStore) backend();
    }

    default long now() {
        return clock().millis();
    }

    /** Runs work in a transaction that is about the test's user. */
    default <R extends @Nullable Object> R commit(Function<Transaction, R> work) {
        return primary().commit(new Subject(user(), null), work);
    }

    /** How far the clocks were, as a transaction of the test's user sees it. */
    default HighWaterMark.Mark mark() {
        return this.<HighWaterMark.Mark>commit(tx -> tx.highWater().update(held -> held));
    }

    /** A write that is owed to {@link #UP}, made and due now. */
    default OutboxEntry owed(Operation operation, String key) {
        return owed(UP, operation, user(), key, tick());
    }

    default OutboxEntry owed(String backend, Operation operation, String userId, String key, HlcTimestamp version) {
        return new OutboxEntry(backend, operation, userId, key, version, null, null, 0, now());
    }

    /** A store that carries its text, as where the store of record keeps no memories. */
    default OutboxEntry carrying(MemoryEntry entry) {
        return new OutboxEntry(
                UP, Operation.STORE, entry.userId(), entry.key(), entry.version(), entry, null, 0, now());
    }

    /** A cleanup made now of what is older than that. */
    default OutboxEntry expiring(Instant cutoff) {
        return new OutboxEntry(UP, Operation.EXPIRE, user(), "", tick(), null, cutoff, 0, now());
    }

    /** A memory that was updated at another time than it was written. */
    default MemoryEntry updatedAt(String key, Instant time) {
        return new MemoryEntry(user(), key, "value of " + key, Map.of(), time, time, tick());
    }

    /** Owes these in one transaction, in this order; returns the first. */
    default OutboxEntry owe(OutboxEntry... entries) {
        return commit(tx -> {
            List.of(entries).forEach(tx::owe);
            return entries[0];
        });
    }

    /** What is due to {@link #UP} now. */
    default List<OutboxEntry> due() {
        return primary().outbox().due(UP, now(), TRY_MILLIS, 1000);
    }

    /** All that is owed to {@link #UP}. */
    default List<OutboxEntry> allOwed() {
        return primary().outboxAdmin().page(UP, null, 1000).stream()
                .map(OutboxAdmin.Item::entry)
                .toList();
    }
}
