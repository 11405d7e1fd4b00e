package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.Transaction;
import io.unifiedmemory.unified.clock.HybridLogicalClock;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What reads and writes need: the backends, the way to ask them, the store of record among them, and the clock that
 * stamps writes. Thread-safe.
 *
 * @param store the store of record, which is the backend of {@link BackendHandles#primary}
 * @param clock the wall clock
 */
public record Backends(
        BackendHandles handles, FanOut fanOut, PrimaryStore store, HybridLogicalClock versions, Clock clock) {

    /** Names the outbox as the source of an answer. */
    public static final String OUTBOX = "outbox";

    private static final int MOST_OWED = 1_000;

    /** The store of record while it keeps memories. */
    public Optional<BackendHandle> keeping() {
        return handles.keeping();
    }

    /** Every enabled backend that keeps what the store of record has: no sources. */
    public List<BackendHandle> replicas() {
        return handles.replicas();
    }

    /** Asks one backend, within its timeout. */
    public <T> T ask(BackendHandle handle, Function<MemoryBackend, T> operation) {
        return fanOut.ask(handle, operation);
    }

    /**
     * What the store of record, which keeps memories, knows of several; see {@link PrimaryStore#retrieveAll}.
     *
     * @param local its handle
     */
    public List<Lookup> known(BackendHandle local, List<Subject> memories, long maxChars) {
        return ask(local, backend -> store.retrieveAll(memories, maxChars));
    }

    /** Runs work in one transaction of the store of record, under the policy of its handle. */
    public <R extends @Nullable Object> R commit(Subject about, Function<Transaction, R> work) {
        BackendHandle primary = handles.primary();
        return primary.isInProcess()
                ? primary.call(backend -> store.commit(about, work), primary.deadline())
                : fanOut.ask(primary, backend -> store.commit(about, work));
    }

    /** Whether the store of record can answer a question just now. */
    public boolean canAnswer(Consumer<MemoryBackend> question) {
        BackendHandle primary = handles.primary();
        if (primary.isInProcess()) {
            return primary.answers(question);
        }
        try {
            return fanOut.ask(primary, backend -> {
                question.accept(backend);
                return true;
            });
        } catch (BackendException e) {
            return false; // the handle has noted why
        }
    }

    /**
     * The pending writes of a user's memories, read before the backends are asked. A write may be delivered while the
     * backends answer: then neither their answer nor the outbox shows it any more. Empty where the store of record
     * keeps memories, because it knows them. Only the first writes of a long backlog are read: the rest takes longer to
     * deliver than an answer takes to give.
     */
    public List<OutboxEntry> owedBefore(String userId) {
        try {
            return keeping().isPresent() ? List.of() : store.pendingWrites().ofUser(userId, MOST_OWED);
        } catch (BackendException e) {
            return List.of(); // the caller reads the outbox again later, and reports the failure then
        }
    }
}
