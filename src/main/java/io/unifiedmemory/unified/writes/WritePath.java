package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Scope;
import io.unifiedmemory.memory.spi.Transaction;
import io.unifiedmemory.unified.calls.Answers;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.calls.NoBackendException;
import io.unifiedmemory.unified.sync.Relay;
import io.unifiedmemory.unified.writes.LocalCommit.Committed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Brings a write to every backend. The {@link LocalCommit} comes first: after it nothing is lost. Then all other
 * backends get the write at once. Outbox entries of backends that confirm are acknowledged; the {@link Relay} delivers
 * the others. Thread-safe.
 */
public final class WritePath {

    private static final Logger LOG = LoggerFactory.getLogger(WritePath.class);

    private static final String STORE = "store the memory";
    private static final String DELETE = "delete";
    private static final String SPARED =
            "what another program wrote there under such a key stays; delete it where that runs";

    /** Longer than a transaction takes, and hardly noticed by a person where another program holds the file for long. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private final Backends backends;
    private final LocalCommit local;
    private final BatchPath batches;
    private final Unprotected unprotected;
    private final Confirmations confirmations;
    private final ConcurrentChangeCheck overtaking;
    private final boolean waits;
    private final Runnable wakeRelay;
    private final AtomicBoolean outboxFails = new AtomicBoolean();

    /**
     * The writes to these backends.
     *
     * @param waits whether a write that is kept here waits for the other backends
     * @param wakeRelay called when a write does not wait; must not block
     */
    public WritePath(Backends backends, ConcurrentChangeCheck overtaking, boolean waits, Runnable wakeRelay) {
        this.backends = backends;
        this.local = new LocalCommit(backends, handle -> waits && handle.isAdmitting());
        this.batches = new BatchPath(backends, overtaking, waits, wakeRelay);
        this.unprotected = new Unprotected(local);
        this.confirmations = new Confirmations(backends);
        this.overtaking = overtaking;
        this.waits = waits;
        this.wakeRelay = wakeRelay;
    }

    /** Makes the writes in the store of record that it could not take before. Call this before each read. */
    public void makeGood() {
        unprotected.makeGood();
    }

    /**
     * Waits a little until the outbox was told what was confirmed. Call this before it is asked what is pending.
     *
     * @return whether it was told, or could not be told
     */
    public boolean awaitConfirmations() {
        return confirmations.await(PATIENCE);
    }

    /** Stores a new memory, which is newer than whatever is held under its key. */
    public Stored store(MemoryEntry draft) {
        return stored(writeNew(new Write.Store(draft), STORE));
    }

    /**
     * Likewise, if something still holds in the transaction that stores it.
     *
     * @return empty when it does not, and nothing was stored
     */
    public Optional<Stored> storeIf(MemoryEntry draft, Predicate<Transaction> holds) {
        unprotected.makeGood();
        Write<Lookup> write = new Write.Store(draft);
        Committed<Lookup> committed = local.commitNew(write, HlcTimestamp.NONE, HlcTimestamp.NONE, holds);
        return committed == null ? Optional.empty() : Optional.of(stored(bringEverywhere(write, committed, STORE)));
    }

    /**
     * Stores a memory that was written elsewhere, unless something newer is held: then the relay delivers the newer
     * memory to the other backends.
     */
    public Stored replicate(MemoryEntry entry) {
        backends.versions().observe(entry.version());
        return stored(writeAsItIs(new Write.Store(entry.withCreatedAt(entry.createdAt())), STORE));
    }

    /**
     * Makes writes of one user that were made elsewhere, all in one transaction of the store of record. The relay brings
     * them to the other backends.
     *
     * @return what became of each
     * @throws BackendException when nothing was written
     */
    public List<BatchOutcome> writeAll(String userId, List<BatchWrite> writes) {
        unprotected.makeGood();
        return batches.writeAll(userId, writes);
    }

    /** What {@link #writeAll} would do, had it to do with each write alone. Changes nothing. */
    public List<BatchOutcome> compareAll(String userId, List<BatchWrite> writes) {
        return batches.compareAll(userId, writes);
    }

    /**
     * Takes revisions that another store kept of one user, all in one transaction of the store of record.
     *
     * @return how many were taken
     * @throws BackendException when nothing was written
     */
    public int takeHistory(String userId, List<KeptRevision> revisions) {
        return batches.takeHistory(userId, revisions);
    }

    /** How many {@link #takeHistory} would take, see {@link HistoryIntake#compare}. Changes nothing. */
    public int compareHistory(List<KeptRevision> revisions, boolean keeps) {
        return batches.compareHistory(revisions, keeps);
    }

    /**
     * Stores memories of one user, each by itself, in one transaction of the store of record and one call to each other
     * backend that takes so many.
     *
     * @throws NoBackendException when none was stored
     */
    public StoredBatch storeAll(String userId, List<BatchWrite.Store> stores) {
        unprotected.makeGood();
        return batches.storeAll(userId, stores);
    }

    private Stored stored(Written<Lookup> written) {
        written.requireTaken(backends.handles(), STORE);
        Lookup held = written.answers().values().values().stream()
                .findFirst()
                .orElseGet(() -> new Lookup.Found(((Write.Store) written.write()).entry()));
        return new Stored(held, written.report(backends.handles(), Outcome.STORED));
    }

    /**
     * Deletes one memory.
     *
     * @param given the version of a delete that was made elsewhere; null for a new one, which is newer than whatever is
     *     held and also removes what another program keeps under the key
     * @param permanently whether nothing of it stays in the history, here and in every backend that has one
     */
    public Deleted delete(String userId, String key, @Nullable HlcTimestamp given, boolean permanently) {
        return remove(new Write.Delete(userId, key, draft(given), given == null, permanently), given);
    }

    /** Deletes every memory of a user. */
    public Deleted deleteAll(String userId, @Nullable HlcTimestamp given, boolean permanently) {
        return remove(new Write.DeleteAll(userId, draft(given), given == null, permanently), given);
    }

    /** Deletes every memory of a user that was last updated before {@code cutoff}. */
    public Deleted expire(String userId, Instant cutoff, @Nullable HlcTimestamp given) {
        return remove(new Write.Expire(userId, cutoff, draft(given)), given);
    }

    private static HlcTimestamp draft(@Nullable HlcTimestamp given) {
        return given == null ? HlcTimestamp.NONE : given;
    }

    private Deleted remove(Write<Removal> write, @Nullable HlcTimestamp given) {
        if (given != null) {
            backends.versions().observe(given);
        }
        Written<Removal> written = given == null ? writeNew(write, DELETE) : writeAsItIs(write, DELETE);
        written.requireTaken(backends.handles(), DELETE);
        written.requireDeleted(backends.handles(), DELETE);
        List<Removal> last = List.copyOf(written.answers().values().values());
        long count = Stream.concat(written.earlier().stream(), last.stream())
                .mapToLong(Removal::count)
                .max()
                .orElse(0);
        HlcTimestamp survivor = last.stream()
                .map(Removal::survivor)
                .max(HlcTimestamp::compareTo)
                .orElse(HlcTimestamp.NONE);
        boolean spared = last.stream().anyMatch(Removal::spared);
        written.answers().values().forEach((handle, removal) -> {
            if (removal.spared()) {
                written.answers().gaps().put(handle.name(), SPARED);
            }
        });
        long kept = Stream.concat(written.earlier().stream(), last.stream())
                .mapToLong(Removal::kept)
                .max()
                .orElse(0);
        return new Deleted(
                new Removal(count, survivor, spared, kept), written.report(backends.handles(), Outcome.DELETED));
    }

    /**
     * Makes a new write, which must win even against a write of a faster clock that only another backend has seen: in
     * that case every backend gets the write again, with a later version.
     */
    private <R> Written<R> writeNew(Write<R> draft, String what) {
        unprotected.makeGood();
        return bringEverywhere(draft, local.commitNew(draft, HlcTimestamp.NONE, HlcTimestamp.NONE), what);
    }

    private <R> Written<R> bringEverywhere(Write<R> draft, Committed<R> committed, String what) {
        Round<R> first = replicate(committed, false, what);
        HlcTimestamp obstacle = first.newestObstacle();
        if (obstacle.equals(HlcTimestamp.NONE)) {
            return finish(first, List.of());
        }
        Committed<R> behind = local.commitNew(draft, obstacle, first.write().version());
        return finish(
                replicate(behind, first.noted(), what),
                List.copyOf(first.answers(backends.handles()).values().values()));
    }

    /** Makes a write that was made elsewhere. It keeps its version, even when something newer is held. */
    private <R> Written<R> writeAsItIs(Write<R> write, String what) {
        unprotected.makeGood();
        return finish(replicate(local.commit(write), false, what), List.of());
    }

    /** Who brings a committed write to the other backends. */
    private enum Replication {
        /** No other backend is enabled. */
        NONE,
        /** This call. */
        NOW,
        /**
         * The relay, because the policy does not wait for other backends or the store of record knows something newer.
         */
        LATER
    }

    /**
     * A write that was made in the store of record and sent to the other backends, as far as they could be asked.
     *
     * @param noted whether the write or its outbox entries are on disk here
     * @param tried the backends that the write may have reached
     */
    private record Round<R>(
            Committed<R> committed,
            boolean noted,
            Replication replication,
            List<BackendHandle> tried,
            Answers<R> others) {

        Write<R> write() {
            return committed.write();
        }

        /** The newest version that kept the write from taking effect in a backend. */
        HlcTimestamp newestObstacle() {
            return others.values().values().stream()
                    .map(write()::obstacle)
                    .max(HlcTimestamp::compareTo)
                    .orElse(HlcTimestamp.NONE);
        }

        Answers<R> answers(BackendHandles handles) {
            return Written.together(handles, committed, others);
        }
    }

    /**
     * Sends the write to the other backends, or leaves that to the relay.
     *
     * @param onDisk whether an earlier, superseded version of the write is on disk
     */
    private <R> Round<R> replicate(Committed<R> committed, boolean onDisk, String what) {
        if (committed.failure() != null) {
            requireNoContradiction(committed.write(), committed.failure(), onDisk, what);
        }
        boolean noted =
                committed.failure() == null && !backends.handles().keepers().isEmpty();
        Replication replication = replication(committed, noted);
        if (replication != Replication.NOW) {
            return new Round<>(committed, noted, replication, List.of(), new Answers<>(Map.of(), Map.of()));
        }
        // A backend with an open breaker is not tried: its entries wait in the outbox until it closes, so nothing is
        // noted.
        List<BackendHandle> tried = backends.replicas().stream()
                .filter(replica -> replica.isAdmitting() && !committed.queued().contains(replica))
                .toList();
        return new Round<>(committed, noted, replication, tried, ask(committed, tried));
    }

    private Replication replication(Committed<?> committed, boolean noted) {
        if (backends.replicas().isEmpty()) {
            return Replication.NONE;
        }
        // A write that is not on disk here has no outbox entry, so this call is its only delivery.
        return !noted || (waits && !isOutdated(committed)) ? Replication.NOW : Replication.LATER;
    }

    /**
     * Records the outcome of the write in each backend.
     *
     * @param earlier the answers to an earlier, superseded version of the write
     */
    private <R> Written<R> finish(Round<R> round, List<R> earlier) {
        Committed<R> committed = round.committed;
        boolean left =
                round.replication == Replication.LATER || !committed.queued().isEmpty();
        if (round.noted && left && round.replication != Replication.NONE) {
            wakeRelay.run();
        }
        List<BackendHandle> rejected =
                round.noted && !round.tried.isEmpty() ? settle(committed, round.tried, round.others) : List.of();
        Answers<R> answers = round.answers(backends.handles());
        if (committed.failure() != null && !answers.values().isEmpty()) {
            unprotected.note(round.write());
        }
        return new Written<>(round.write(), round.noted, answers, earlier, rejected);
    }

    /**
     * Refuses a write that the store of record refused but could contradict: a store that still answers reads would
     * show the old state, and later restore it everywhere. The write is refused before any other backend is asked.
     *
     * @param onDisk whether an earlier, superseded version of the write is on disk
     */
    private void requireNoContradiction(Write<?> write, BackendException failure, boolean onDisk, String what) {
        if (onDisk || unprotected.isFull() || local.contradicts(write)) {
            String rest = onDisk
                    ? "; an earlier version of the write is on disk, but something newer outdates it"
                    : failure.kind() == Kind.TIMED_OUT
                            ? "; it may have been written there all the same: read before you try again; no other"
                                    + " backend was asked"
                            : "; no other backend was asked, so nothing was changed anywhere";
            String name = backends.handles().primary().name();
            throw new NoBackendException(what, failure.kind(), Map.of(name, failure.describe() + rest));
        }
    }

    private static <R> boolean isOutdated(Committed<R> committed) {
        return committed.answer() != null && committed.write().isOutdatedBy(committed.answer());
    }

    private <R> Answers<R> ask(Committed<R> committed, List<BackendHandle> tried) {
        try {
            Answers<R> answers = backends.fanOut().askAll(tried, committed.write()::applyTo);
            Map<BackendHandle, BackendException> failures = new LinkedHashMap<>(answers.failures());
            backends.replicas().stream()
                    .filter(handle -> !tried.contains(handle) && !handle.isAdmitting())
                    .forEach(handle -> failures.put(handle, handle.refusal()));
            return new Answers<>(answers.values(), failures);
        } catch (CancellationException e) {
            // The caller is gone, but the write may still arrive: it has to be settled, which an interrupted thread
            // could not do.
            boolean interrupted = Thread.interrupted();
            settle(committed, tried, new Answers<>(Map.of(), Map.of()));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw e;
        }
    }

    /**
     * Acknowledges the outbox entries of backends that confirmed, and notes why the others failed. Newer changes are
     * put into the outbox first, so that a crash in between costs one more delivery and nothing else.
     *
     * @param tried the backends that the write may have reached
     * @return the backends that will never take the write
     */
    private <R> List<BackendHandle> settle(Committed<R> committed, List<BackendHandle> tried, Answers<R> others) {
        List<BackendHandle> rejected = new ArrayList<>();
        try {
            tried.forEach(handle ->
                    overtaking.check(handle, committed.write(), others.values().get(handle)));
            List<OutboxEntry> confirmed = new ArrayList<>();
            for (BackendHandle handle : others.values().keySet()) {
                List<OutboxEntry> owed = committed.owedTo(handle);
                if (mayBeNotedLater(handle, owed)) {
                    confirmations.add(owed);
                } else {
                    confirmed.addAll(owed);
                }
            }
            if (!confirmed.isEmpty()) {
                backends.store().outbox().acknowledge(confirmed);
                outboxFails.set(false);
            }
            for (BackendHandle handle : tried) {
                BackendException failure = others.failures().get(handle);
                boolean singly = failure != null
                        && committed.write().key() == null
                        && DeliveryFailure.isMadeSingly(backends, handle, failure);
                if (failure != null && !singly && DeliveryFailure.isRejected(failure)) {
                    rejected.add(handle);
                }
                if (failure != null && (DeliveryFailure.isRejected(failure) || handle.isAdmitting())) {
                    committed.owedTo(handle).stream()
                            .filter(owed -> !singly || owed.operation().scope() != Scope.KEY)
                            .forEach(owed -> DeliveryFailure.settle(backends, handle, owed, failure));
                }
            }
        } catch (BackendException e) {
            // One warning, however many calls are waiting: all of them meet the same failure, for example when the
            // server ends.
            Level level = outboxFails.getAndSet(true) ? Level.DEBUG : Level.WARN;
            LOG.atLevel(level)
                    .log("the outbox does not learn of a delivery, which is repeated later: {}", e.describe());
        }
        return rejected;
    }

    /**
     * Whether an entry may stay in the outbox for a moment although it was confirmed, and for longer if this process dies:
     * then it is delivered once more. A backend without versions would take that for a new write, and every later write of
     * the memory would have to wait for it. What erases history would also erase what comes after. And where the store of
     * record keeps no memories, reads go by the outbox.
     */
    private boolean mayBeNotedLater(BackendHandle handle, List<OutboxEntry> owed) {
        return handle.can(Capability.VERSIONS)
                && backends.keeping().isPresent()
                && owed.stream().noneMatch(OutboxEntry::permanently);
    }
}
