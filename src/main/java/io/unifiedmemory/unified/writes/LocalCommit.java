package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.Transaction;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first step of a write: one transaction of the store of record decides the version of the write, makes it and adds
 * an outbox entry for every other backend. Thread-safe.
 *
 * <p>Where the store of record keeps no memories, it still learns which of the memories in its file are outdated, so
 * that they do not count when it keeps memories again.
 */
final class LocalCommit {

    private static final Logger LOG = LoggerFactory.getLogger(LocalCommit.class);

    /**
     * How many times a write is stamped again because something newer is in its way. Once is enough within one
     * transaction.
     */
    private static final int MAX_STAMPS = 16;

    private static final int PAGE = 500;

    private final Backends backends;
    private final Predicate<BackendHandle> asks;

    /** @param asks whether this call asks another backend before the relay does */
    LocalCommit(Backends backends, Predicate<BackendHandle> asks) {
        this.backends = backends;
        this.asks = asks;
    }

    /**
     * The result of the transaction.
     *
     * @param write the write as it was made, in the version that took effect
     * @param answer the answer of the store of record; null when that keeps no memories, or failed
     * @param failure why neither the write nor its outbox entries are on disk; null when both are
     * @param owed the outbox entries for the other backends
     * @param queued the backends that must not be asked now, because an earlier write of the memory may still be on its
     *     way there
     */
    record Committed<R>(
            Write<R> write,
            @Nullable R answer,
            @Nullable BackendException failure,
            List<OutboxEntry> owed,
            Set<BackendHandle> queued) {

        /** More than one where a write about many memories is owed as a whole and for each of them. */
        List<OutboxEntry> owedTo(BackendHandle handle) {
            return owed.stream()
                    .filter(one -> one.backend().equals(handle.name()))
                    .toList();
        }
    }

    /**
     * The answer of the stored memories to a write: {@code newer} is {@link HlcTimestamp#NONE} when nothing newer is
     * held.
     */
    private record Made<R>(Write<R> write, @Nullable R answer, HlcTimestamp newer) {}

    /**
     * Makes a new write, which must win even against a write that a faster clock or another process stamped: while
     * something newer is in its way, it is stamped again with a later version.
     *
     * @param behind a timestamp that the write has to exceed in any case
     * @param own the timestamp in which the write was made before and tried to the end; {@link HlcTimestamp#NONE} for
     *     none
     */
    <R> Committed<R> commitNew(Write<R> draft, HlcTimestamp behind, HlcTimestamp own) {
        return Objects.requireNonNull(commitNew(draft, behind, own, tx -> true));
    }

    /**
     * Likewise, if something holds in the transaction.
     *
     * @return null when it does not, and nothing was written
     */
    <R> @Nullable Committed<R> commitNew(
            Write<R> draft, HlcTimestamp behind, HlcTimestamp own, Predicate<Transaction> holds) {
        HlcTimestamp shown = newer(behind, backends.versions().farAhead(draft.userId(), draft.key()));
        HlcTimestamp newest = backends.keeping().isPresent() ? shown : newer(shown, newestOwed());
        try {
            if (backends.handles().keepers().isEmpty()) {
                return failed(draft, null);
            }
            List<MemoryEntry> meant = meant(draft);
            return backends.<@Nullable Committed<R>>commit(
                    about(draft), tx -> holds.test(tx) ? owe(tx, outdoing(tx, draft, newest), own, meant) : null);
        } catch (BackendException e) {
            return refused(at(draft, backends.versions().after(newest)), e);
        }
    }

    private <R> Made<R> outdoing(Transaction tx, Write<R> draft, HlcTimestamp newest) {
        HlcTimestamp behind = newest;
        for (int stamps = 1; stamps <= MAX_STAMPS; stamps++) {
            Made<R> made = make(tx, at(draft, backends.versions().stamp(tx.highWater(), behind)));
            if (made.newer.equals(HlcTimestamp.NONE)) {
                return made;
            }
            behind = made.newer;
        }
        throw new BackendException(
                Kind.OVERLOADED,
                "other writers replaced this memory " + MAX_STAMPS + " times while it was being written",
                "try again");
    }

    private <R> Write<R> at(Write<R> draft, HlcTimestamp stamp) {
        return draft.at(backends.versions().timeOf(stamp), stamp);
    }

    /** Makes a write in the version that it has. */
    <R> Committed<R> commit(Write<R> write) {
        try {
            if (backends.handles().keepers().isEmpty()) {
                return failed(write, null);
            }
            List<MemoryEntry> meant = meant(write);
            return backends.commit(about(write), tx -> {
                backends.versions().keepIfAhead(tx.highWater(), write.version());
                return owe(tx, make(tx, write), HlcTimestamp.NONE, meant);
            });
        } catch (BackendException e) {
            return refused(write, e);
        }
    }

    /**
     * What became of one write of a batch.
     *
     * @param held what is held under its key now
     * @param committed the write as it was made; null when it changed nothing
     */
    record InBatch(
            BatchOutcome outcome, Lookup held, @Nullable Committed<?> committed) {}

    /**
     * Makes writes of one user, all in one transaction. Nothing is owed for a write that changed nothing.
     *
     * @return what became of each
     * @throws BackendException when nothing was written
     */
    List<InBatch> commitAll(String userId, List<? extends BatchWrite> writes) {
        return backends.commit(new Subject(userId, null), tx -> {
            List<InBatch> results = new ArrayList<>(writes.size());
            for (BatchWrite write : writes) {
                Lookup held = tx.retrieve(userId, write.key());
                BatchOutcome outcome = write.against(held);
                Committed<?> made = outcome.isWritten() ? owe(tx, make(tx, write), HlcTimestamp.NONE, List.of()) : null;
                Lookup now = made != null && made.answer() instanceof Lookup answer ? answer : held;
                results.add(new InBatch(outcome, now, made));
            }
            return results;
        });
    }

    private Made<?> make(Transaction tx, BatchWrite write) {
        if (write instanceof BatchWrite.Store store) {
            MemoryEntry entry = store.entry();
            if (store.conflict() == OnConflict.OVERWRITE) {
                HlcTimestamp shown = backends.versions().farAhead(entry.userId(), entry.key());
                return outdoing(tx, new Write.Store(entry), shown);
            }
            backends.versions().keepIfAhead(tx.highWater(), entry.version());
            return make(tx, new Write.Store(entry.withCreatedAt(entry.createdAt())));
        }
        backends.versions().keepIfAhead(tx.highWater(), write.version());
        return make(tx, new Write.Delete(write.userId(), write.key(), write.version()));
    }

    /**
     * The memories that a write about more than one means, read only if a backend needs to be told each of them because
     * it lists nothing, or may turn out to list nothing.
     */
    private List<MemoryEntry> meant(Write<?> write) {
        BackendHandle local = backends.keeping().orElse(null);
        if (write.key() != null || local == null || backends.replicas().stream().allMatch(BackendHandle::surelyLists)) {
            return List.of();
        }
        List<MemoryEntry> meant = new ArrayList<>();
        String after = null;
        do {
            ListRequest request = new ListRequest(write.userId(), after, PAGE);
            Page page = backends.ask(local, backend -> backend.list(request));
            page.entries().forEach(entry -> meant.add(withoutText(entry)));
            after = page.end();
        } while (after != null);
        return meant;
    }

    /** What a delete has to know of a memory; the texts of all memories of a user could be more than there is room for. */
    private static MemoryEntry withoutText(MemoryEntry entry) {
        return new MemoryEntry(
                entry.userId(), entry.key(), "", Map.of(), entry.createdAt(), entry.updatedAt(), entry.version());
    }

    private static Subject about(Write<?> write) {
        return new Subject(write.userId(), write.key());
    }

    private static <R> Committed<R> refused(Write<R> write, BackendException e) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted before anything was written");
        }
        return failed(write, e);
    }

    private <R> Made<R> make(Transaction tx, Write<R> write) {
        if (backends.keeping().isEmpty()) {
            return new Made<>(write, null, write.outdate(tx));
        }
        R answer = write.applyTo(tx);
        return new Made<>(write.asMade(answer), answer, write.obstacle(answer));
    }

    /**
     * Adds the outbox entries. A backend without versions cannot tell the older of two writes, so it gets one write of
     * a memory at a time. A backend that lists nothing gets a delete of each memory, from the relay. A server that was
     * never connected so far may be such a backend, or one with entries of which nothing is known here: it is owed the
     * write as a whole and for each memory, see {@link DeliveryFailure#isMadeSingly}.
     */
    private <R> Committed<R> owe(Transaction tx, Made<R> made, HlcTimestamp own, List<MemoryEntry> meant) {
        List<OutboxEntry> all = new ArrayList<>();
        Set<BackendHandle> queued = new LinkedHashSet<>();
        long now = backends.clock().millis();
        boolean kept = backends.keeping().isPresent();
        List<Write.Delete> single = kept && made.write instanceof Write.Removing removing && removing.key() == null
                ? meant.stream().flatMap(entry -> removing.of(entry).stream()).toList()
                : List.of();
        for (BackendHandle replica : backends.replicas()) {
            if (kept && made.write.key() == null && !replica.can(Capability.LIST)) {
                single.forEach(delete -> all.add(delete.owedTo(replica, backends.clock())));
                queued.add(replica);
                continue;
            }
            long ours = now + replica.longestTry().toMillis();
            OutboxEntry owed = made.write.owedTo(replica.name(), kept, asks.test(replica) ? ours : now);
            long busy = replica.can(Capability.VERSIONS) ? 0 : tx.busyUntil(owed, own);
            if (busy > now) {
                queued.add(replica);
                // No write can be under way for longer than one try; a later time means that the clock was set back.
                owed = made.write.owedTo(replica.name(), kept, Math.min(busy, ours));
            }
            all.add(owed);
            if (!single.isEmpty() && !replica.surelyLists()) {
                single.forEach(delete -> all.add(delete.owedTo(replica, backends.clock())));
            }
        }
        all.forEach(tx::owe);
        return new Committed<>(made.write, made.answer, null, all, queued);
    }

    private static <R> Committed<R> failed(Write<R> write, @Nullable BackendException failure) {
        return new Committed<>(write, null, failure, List.of(), Set.of());
    }

    /**
     * Whether a store that refused a write can still be read. It then contradicts the write from now on, wherever else
     * the write arrives. One across a network can be read by others although this process does not reach it.
     */
    boolean contradicts(Write<?> write) {
        return !backends.store().isInProcess()
                || backends.canAnswer(write::probe)
                || (backends.keeping().isEmpty() && isOutboxReadable());
    }

    private boolean isOutboxReadable() {
        try {
            backends.store().outboxAdmin().backends();
            return true;
        } catch (BackendException e) {
            LOG.debug("the outbox cannot be read: {}", e.describe());
            return false;
        }
    }

    /**
     * Where only the outbox keeps what was written, a new write must be newer than that, even after the clock was set
     * back.
     */
    private HlcTimestamp newestOwed() {
        try {
            return backends.store().pendingWrites().newest();
        } catch (BackendException e) {
            LOG.debug("the outbox cannot be read: {}", e.describe());
            return HlcTimestamp.NONE;
        }
    }

    private static HlcTimestamp newer(HlcTimestamp a, HlcTimestamp b) {
        return b.isNewerThan(a) ? b : a;
    }
}
