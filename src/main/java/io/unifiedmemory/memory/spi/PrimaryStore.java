package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The store of record: the one backend that also keeps what others are owed, what was deleted, and what the processes that
 * share it have to agree on. Each of these has an interface of its own; all of them live in one database. The abstract test
 * {@code PrimaryStoreContract} is this text in executable form.
 *
 * <p>Thread-safe, also among processes. All I/O is lazy. Closing the store closes everything that it gave out.
 */
public interface PrimaryStore extends MemoryBackend {

    /**
     * What a transaction is about, so that a store can look at it at once.
     *
     * @param key null where it is about more than one memory of the user
     */
    record Subject(String userId, @Nullable String key) {}

    /**
     * Runs work in one write transaction and returns when that is on disk. Isolation, and what a failure while committing
     * means, are the store's own matter: the work may be run several times, so it must be repeatable and touch the store
     * through the transaction only. An exception of the work itself rolls back.
     *
     * @throws BackendException when nothing was written
     */
    <R extends @Nullable Object> R commit(Subject about, Function<Transaction, R> work);

    /**
     * Whether the store answers in this process at memory speed, so that a thread of its own per call would cost more than
     * the call, and its failures are those of a file. Across a network it gets timeouts and a circuit breaker as any other
     * backend.
     */
    boolean isInProcess();

    /** What is owed to others, for whoever delivers it. */
    Outbox outbox();

    /** What is owed to others, for whoever reads. */
    PendingWrites pendingWrites();

    /** What is owed to others, for people. */
    OutboxAdmin outboxAdmin();

    /** Work that one process does at a time. */
    Leases leases();

    /** When which backend was compared with this store. */
    ComparisonLog comparisons();

    /** The deletes that are remembered. */
    Tombstones tombstones();

    /** Whose memories it holds. */
    UserDirectory users();

    /** How far the clocks have been, in transactions of its own. */
    HighWaterMark highWater();

    /**
     * A name that no other database has anywhere, copies of this one included, so that it is recognised when it turns up as
     * an upstream of itself; null while it is not known.
     */
    @Nullable
    String identity();
}
