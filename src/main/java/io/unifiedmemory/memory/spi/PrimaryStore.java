package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The store of record: the one backend that also keeps the writes that other backends have not confirmed, the deletes,
 * and what the processes that share it have to agree on. Each of these has an interface of its own; all of them use one
 * database. The abstract test {@code PrimaryStoreContract} is this text in executable form.
 *
 * <p>Thread-safe, also among processes. All I/O is lazy. Closing the store closes everything that it gave out.
 */
public interface PrimaryStore extends MemoryBackend {

    /**
     * What a transaction concerns, so that the store can read it together with what else it needs.
     *
     * @param key null where the transaction concerns more than one memory of the user
     */
    record Subject(String userId, @Nullable String key) {}

    /**
     * Runs work in one write transaction and returns when its writes are on disk. The store decides about isolation and
     * about the meaning of a failure while committing: it may run the work several times, so the work must be
     * repeatable and must use the store through the transaction only. An exception of the work itself rolls back.
     *
     * @throws BackendException when nothing was written
     */
    <R extends @Nullable Object> R commit(Subject about, Function<Transaction, R> work);

    /**
     * What is known of each of several keys, as {@link #retrieve} says it. Ends early once the texts have more characters
     * than are wanted; the caller then asks for the rest.
     *
     * @param memories one or more, each with a key, of any users
     * @return what is known of the first of them, in their order: of one at least
     */
    default List<Lookup> retrieveAll(List<Subject> memories, long maxChars) {
        List<Lookup> known = new ArrayList<>(memories.size());
        long chars = 0;
        for (int i = 0; i < memories.size() && chars <= maxChars; i++) {
            Subject memory = memories.get(i);
            Lookup one = retrieve(memory.userId(), Objects.requireNonNull(memory.key()));
            chars += one.chars();
            known.add(one);
        }
        return known;
    }

    /**
     * Whether the store answers in this process at memory speed: a thread for each call would then cost more than the
     * call, and its failures are those of a file. A store across a network gets timeouts and a circuit breaker, as any
     * other backend.
     */
    boolean isInProcess();

    /** The writes that other backends have not confirmed, for delivery. */
    Outbox outbox();

    /** The writes that other backends have not confirmed, for reads. */
    PendingWrites pendingWrites();

    /** The writes that other backends have not confirmed, for people. */
    OutboxAdmin outboxAdmin();

    /** The rights to work that one process does at a time. */
    Leases leases();

    /** The times at which backends were compared with this store. */
    ComparisonLog comparisons();

    /** The remembered deletes. */
    Tombstones tombstones();

    /** The memories that have expired. */
    Expirations expirations();

    /** The memories by time. */
    Chronicle chronicle();

    /** What its keys held before. */
    History history();

    /** How much of that it keeps. */
    HistoryOptions historyOptions();

    /** The users whose memories the store holds. */
    UserDirectory users();

    /** The furthest readings of the clocks, in transactions of their own; they count for every user. */
    HighWaterMark highWater();

    /** The bearer tokens that it keeps for all servers on it; null when it keeps none, because one machine uses it. */
    default @Nullable SharedTokens tokens() {
        return null;
    }

    /** What its memories mean. */
    VectorStore vectors();

    /**
     * A name that no other database has anywhere, not even a copy of this one, so that the database is recognised when
     * it turns up as an upstream of itself; null while the name is not known.
     */
    @Nullable
    String identity();

    /**
     * A secret that every process on this database has and no client is told, made when it is first asked for. What one
     * process signs with it, any other can recognise.
     *
     * @throws BackendException when the database cannot be asked
     */
    String secret();

    /**
     * What this process knows of the database now. Asks nobody across a network: what a server said of itself is as it
     * was at the last {@link #check}. Never throws.
     */
    DatabaseInfo info();

    /**
     * The memories of the same user under other keys whose texts are nearly that of a memory, the most similar first.
     * A store without an index finds none.
     *
     * @param within how long to look: the answer is what was found by then
     */
    default List<SimilarMemory> similar(MemoryEntry memory, int limit, Duration within) {
        return List.of();
    }

    /**
     * Builds anew what searches use, and returns when it is complete; searches are slower meanwhile, and correct. Safe
     * beside other calls and other processes. A store without an index has nothing to do.
     *
     * @param progress receives the completed percentage, in ascending order, 100 at the end
     */
    default void rebuildIndex(IntConsumer progress) {
        progress.accept(100);
    }

    /**
     * Completes what searches use for everything that was written before, and returns; searches are correct without it, and
     * slower behind many writes. Safe beside other calls. A store that has nothing to do later has nothing to do here.
     *
     * @param left hears now and then how many memories are left
     */
    default void finishIndex(LongConsumer left) {}

    /**
     * Erases deleted text now, as far as other processes permit, where it would otherwise stay on disk for a while. A
     * store whose disk is not its own leaves that to whoever runs the server.
     */
    default void eraseNow() {}
}
