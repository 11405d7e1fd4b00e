package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.Transaction;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first step of a write: one transaction of the database file decides its version, makes it and notes what it owes to
 * every other backend. Thread-safe.
 *
 * <p>Where the local database keeps no memories the file still learns which of those that it holds are outdated, so that
 * they are not taken for true when it keeps memories again.
 */
final class LocalCommit {

    private static final Logger LOG = LoggerFactory.getLogger(LocalCommit.class);

    /** How often a write is stamped anew because something newer is in its way. Once is enough within one transaction. */
    private static final int MAX_STAMPS = 16;

    private final Backends backends;
    private final boolean waits;

    /** @param waits whether the other backends are asked by us before the relay does it */
    LocalCommit(Backends backends, boolean waits) {
        this.backends = backends;
        this.waits = waits;
    }

    /**
     * What the database did.
     *
     * @param write as it was made, in the version that took effect
     * @param answer of the local database; null when that keeps no memories, or failed
     * @param failure why neither the write nor what it owes is on disk; null when both are
     * @param owed what is owed to the others
     * @param queued who must not be asked now, because a write that this one follows may still be on its way there
     */
    record Committed<R>(
            Write<R> write,
            @Nullable R answer,
            @Nullable BackendException failure,
            List<OutboxEntry> owed,
            Set<BackendHandle> queued) {

        Optional<OutboxEntry> owedTo(BackendHandle slot) {
            return owed.stream()
                    .filter(one -> one.backend().equals(slot.name()))
                    .findFirst();
        }
    }

    /** What the memories in the store say to a write: {@code newer} is {@link HlcTimestamp#NONE} when nothing is. */
    private record Made<R>(Write<R> write, @Nullable R answer, HlcTimestamp newer) {}

    /**
     * Makes a new write, which must win, also over one that a faster clock or another process stamped: while something
     * newer is in its way it is stamped again, behind that.
     *
     * @param behind a timestamp that it has to outdo in any case
     * @param own the timestamp in which it was made before and tried to the end; {@link HlcTimestamp#NONE} for none
     */
    <R> Committed<R> commitNew(Write<R> draft, HlcTimestamp behind, HlcTimestamp own) {
        HlcTimestamp shown = newer(behind, backends.versions().farAhead(draft.userId(), draft.key()));
        HlcTimestamp newest = backends.keeping().isPresent() ? shown : newer(shown, newestOwed());
        try {
            return backends.handles().enabled().isEmpty()
                    ? failed(draft, null)
                    : backends.commit(about(draft), tx -> owe(tx, outdoing(tx, draft, newest), own));
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

    /** Makes a write in the timestamp that it has. */
    <R> Committed<R> commit(Write<R> write) {
        try {
            return backends.handles().enabled().isEmpty()
                    ? failed(write, null)
                    : backends.commit(about(write), tx -> {
                        backends.versions().keepIfAhead(tx.highWater(), write.version());
                        return owe(tx, make(tx, write), HlcTimestamp.NONE);
                    });
        } catch (BackendException e) {
            return refused(write, e);
        }
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

    /** A backend that keeps no versions cannot tell the older of two writes: it gets one of a memory at a time. */
    private <R> Committed<R> owe(Transaction tx, Made<R> made, HlcTimestamp own) {
        List<OutboxEntry> all = new ArrayList<>();
        Set<BackendHandle> queued = new LinkedHashSet<>();
        long now = backends.clock().millis();
        boolean kept = backends.keeping().isPresent();
        for (BackendHandle replica : backends.replicas()) {
            long ours = now + replica.longestTry().toMillis();
            OutboxEntry owed = made.write.owedTo(replica.name(), kept, waits && replica.isAdmitting() ? ours : now);
            long busy = replica.can(Capability.VERSIONS) ? 0 : tx.busyUntil(owed, own);
            if (busy > now) {
                queued.add(replica);
                // Busy for longer than that nobody can be: the clock was set back.
                owed = made.write.owedTo(replica.name(), kept, Math.min(busy, ours));
            }
            all.add(owed);
        }
        all.forEach(tx::owe);
        return new Committed<>(made.write, made.answer, null, all, queued);
    }

    private static <R> Committed<R> failed(Write<R> write, @Nullable BackendException failure) {
        return new Committed<>(write, null, failure, List.of(), Set.of());
    }

    /**
     * Whether the store that refused a write can still be read. Then it contradicts the write from now on, wherever
     * else that arrives.
     */
    boolean contradicts(Write<?> write) {
        return backends.canAnswer(write::probe) || (backends.keeping().isEmpty() && isOutboxReadable());
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

    /** Where only the outbox keeps what was written, a new write must outdo that, also after the clock was set back. */
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
