package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.unified.calls.Answers;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.calls.NoBackendException;
import io.unifiedmemory.unified.sync.Relay;
import io.unifiedmemory.unified.writes.LocalCommit.Committed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How a write reaches every backend. First the {@link LocalCommit}: from there on nothing is lost. Then all others get it
 * at once. Who confirms is struck off; what the rest is owed the {@link Relay} delivers. Thread-safe.
 */
public final class WritePath {

    private static final Logger LOG = LoggerFactory.getLogger(WritePath.class);

    /** How often a new write is made, the first time included, because another backend holds something newer. */
    private static final int MAX_ROUNDS = 2;

    private static final String STORE = "store the memory";
    private static final String DELETE = "delete";
    private static final String SPARED =
            "what another program wrote there under such a key stays; delete it where that runs";

    private final Backends backends;
    private final LocalCommit local;
    private final Unprotected unprotected;
    private final ConcurrentChangeCheck overtaking;
    private final boolean waits;
    private final Runnable wakeRelay;
    private final AtomicBoolean outboxFails = new AtomicBoolean();

    /**
     * @param waits whether a write that is kept here waits for the other backends
     * @param wakeRelay called when it does not; must not block
     */
    public WritePath(Backends backends, ConcurrentChangeCheck overtaking, boolean waits, Runnable wakeRelay) {
        this.backends = backends;
        this.local = new LocalCommit(backends, waits);
        this.unprotected = new Unprotected(local);
        this.overtaking = overtaking;
        this.waits = waits;
        this.wakeRelay = wakeRelay;
    }

    /** Lets the local database have what it could not take before it fails to say so; to be called before each read. */
    public void makeGood() {
        unprotected.makeGood();
    }

    /** Stores a new memory, which is newer than whatever is held under its key. */
    public Stored store(MemoryEntry draft) {
        return stored(carryOut(new Write.Store(draft), true, STORE));
    }

    /**
     * Stores a memory that was written elsewhere, unless something newer is held: then the others get from the relay what
     * is newer.
     */
    public Stored replicate(MemoryEntry entry) {
        backends.versions().observe(entry.version());
        return stored(carryOut(new Write.Store(entry.withCreatedAt(entry.createdAt())), false, STORE));
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
     * @param given the version of a delete that was made elsewhere; null for a new one, which outdoes whatever is held and
     *     takes what another program keeps under the key, too
     */
    public Deleted delete(String userId, String key, @Nullable HlcTimestamp given) {
        return remove(new Write.Delete(userId, key, draft(given), given == null), given);
    }

    /** Deletes every memory of a user. */
    public Deleted deleteAll(String userId, @Nullable HlcTimestamp given) {
        return remove(new Write.DeleteAll(userId, draft(given), given == null), given);
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
        Written<Removal> written = carryOut(write, given == null, DELETE);
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
        written.answers().values().forEach((slot, removal) -> {
            if (removal.spared()) {
                written.answers().gaps().put(slot.name(), SPARED);
            }
        });
        return new Deleted(new Removal(count, survivor, spared), written.report(backends.handles(), Outcome.DELETED));
    }

    /**
     * A new write must win, also over one of a faster clock that only another backend has seen: then all of them get it
     * once more, behind that. One that was made elsewhere keeps its version.
     */
    private <R> Written<R> carryOut(Write<R> draft, boolean isNew, String what) {
        unprotected.makeGood();
        boolean alone = backends.replicas().isEmpty();
        HlcTimestamp behind = HlcTimestamp.NONE;
        HlcTimestamp own = HlcTimestamp.NONE;
        boolean onDisk = false;
        List<R> earlier = new ArrayList<>();
        for (int rounds = 1; ; rounds++) {
            Committed<R> committed = isNew ? local.makeNew(draft, behind, own) : local.make(draft);
            Write<R> write = committed.write();
            if (committed.failure() != null) {
                requireNoContradiction(write, committed.failure(), onDisk, what);
            }
            boolean noted =
                    committed.failure() == null && !backends.handles().enabled().isEmpty();
            boolean asks = !alone && (!noted || (waits && !isOutdated(committed)));
            // While its breaker is open nobody tries, and what is owed waits for it: there is nothing to note.
            List<BackendHandle> tried = asks
                    ? backends.replicas().stream()
                            .filter(slot ->
                                    slot.isAdmitting() && !committed.queued().contains(slot))
                            .toList()
                    : List.of();
            Answers<R> others = asks ? ask(committed, tried) : new Answers<>(Map.of(), Map.of());
            Answers<R> answers = Written.together(backends.handles(), committed, others);
            behind = isNew && rounds < MAX_ROUNDS ? newestObstacle(write, others) : HlcTimestamp.NONE;
            if (behind.equals(HlcTimestamp.NONE)) {
                if (noted && !alone && (!asks || !committed.queued().isEmpty())) {
                    wakeRelay.run();
                }
                List<BackendHandle> rejected = noted && !tried.isEmpty() ? settle(committed, tried, others) : List.of();
                if (committed.failure() != null && !answers.values().isEmpty()) {
                    unprotected.note(write);
                }
                return new Written<>(write, noted, answers, earlier, rejected);
            }
            own = write.version();
            onDisk |= noted;
            earlier.addAll(answers.values().values());
        }
    }

    /**
     * A database that refuses a write and still answers reads would say the contrary of what was acknowledged, and later put
     * that back everywhere: then the write is refused before anybody else hears of it.
     *
     * @param onDisk whether it is on disk in an earlier version, which did not do
     */
    private void requireNoContradiction(Write<?> write, BackendException failure, boolean onDisk, String what) {
        if (onDisk || unprotected.isFull() || local.contradicts(write)) {
            String rest = onDisk
                    ? "; something newer stands against what was written before that"
                    : "; no other backend was asked, so nothing was changed anywhere";
            String name = backends.handles().primary().name();
            throw new NoBackendException(what, failure.kind(), Map.of(name, failure.describe() + rest));
        }
    }

    private static <R> boolean isOutdated(Committed<R> committed) {
        return committed.answer() != null && committed.write().isOutdatedBy(committed.answer());
    }

    /** The newest version that kept the write from taking effect in a backend. */
    private static <R> HlcTimestamp newestObstacle(Write<R> write, Answers<R> answers) {
        return answers.values().values().stream()
                .map(write::obstacle)
                .max(HlcTimestamp::compareTo)
                .orElse(HlcTimestamp.NONE);
    }

    private <R> Answers<R> ask(Committed<R> committed, List<BackendHandle> tried) {
        try {
            Answers<R> answers = backends.fanOut().askAll(tried, committed.write()::applyTo);
            Map<BackendHandle, BackendException> failures = new LinkedHashMap<>(answers.failures());
            backends.replicas().stream()
                    .filter(slot -> !tried.contains(slot) && !slot.isAdmitting())
                    .forEach(slot -> failures.put(slot, slot.refusal()));
            return new Answers<>(answers.values(), failures);
        } catch (CancellationException e) {
            // The caller has gone, the write may arrive all the same.
            boolean interrupted = Thread.interrupted();
            settle(committed, tried, new Answers<>(Map.of(), Map.of()));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw e;
        }
    }

    /**
     * Strikes off who confirmed, and notes why the others did not. What overtook a store is noted first, so that an end of
     * the program in between costs a delivery and no more. What cannot be noted is delivered again: harmless.
     *
     * @param tried whom the write may have reached
     * @return who will never take it
     */
    private <R> List<BackendHandle> settle(Committed<R> committed, List<BackendHandle> tried, Answers<R> others) {
        List<BackendHandle> rejected = new ArrayList<>();
        try {
            tried.forEach(slot ->
                    overtaking.check(slot, committed.write(), others.values().get(slot)));
            List<OutboxEntry> confirmed = others.values().keySet().stream()
                    .flatMap(slot -> committed.owedTo(slot).stream())
                    .toList();
            if (!confirmed.isEmpty()) {
                backends.store().outbox().acknowledge(confirmed);
                outboxFails.set(false);
            }
            for (BackendHandle slot : tried) {
                BackendException failure = others.failures().get(slot);
                if (failure != null && DeliveryFailure.isRejected(failure)) {
                    rejected.add(slot);
                }
                if (failure != null && (DeliveryFailure.isRejected(failure) || slot.isAdmitting())) {
                    committed.owedTo(slot).ifPresent(owed -> DeliveryFailure.settle(backends, slot, owed, failure));
                }
            }
        } catch (BackendException e) {
            // Once, however many calls wait: each of them meets the same, as when the server ends.
            Level level = outboxFails.getAndSet(true) ? Level.DEBUG : Level.WARN;
            LOG.atLevel(level)
                    .log("the outbox does not learn of a delivery, which is repeated later: {}", e.describe());
        }
        return rejected;
    }
}
