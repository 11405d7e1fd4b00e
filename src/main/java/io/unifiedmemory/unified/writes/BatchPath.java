package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.unified.calls.Answers;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.calls.NoBackendException;
import io.unifiedmemory.unified.writes.LocalCommit.Committed;
import io.unifiedmemory.unified.writes.LocalCommit.InBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many writes of one user at once: one transaction in the store of record, and one call to each other backend that takes
 * as many in one call. The relay brings them to the others. Each write stands for itself. Thread-safe.
 */
final class BatchPath {

    private static final Logger LOG = LoggerFactory.getLogger(BatchPath.class);

    private static final String WHAT = "store the memories";

    /** Across a network each memory is a question and an answer within the time of one transaction. */
    private static final int MOST_REMOTE = 100;

    private final Backends backends;
    private final ConcurrentChangeCheck overtaking;
    private final boolean waits;
    private final Runnable wakeRelay;
    private final LocalCommit relayed;

    BatchPath(Backends backends, ConcurrentChangeCheck overtaking, boolean waits, Runnable wakeRelay) {
        this.backends = backends;
        this.overtaking = overtaking;
        this.waits = waits;
        this.wakeRelay = wakeRelay;
        this.relayed = new LocalCommit(backends, handle -> false);
    }

    /** Makes writes that were made elsewhere; the relay brings all of them to the other backends. */
    List<BatchOutcome> writeAll(String userId, List<BatchWrite> writes) {
        requireKeeping();
        writes.forEach(write -> backends.versions().observe(write.version()));
        List<InBatch> made = relayed.commitAll(userId, writes);
        if (!backends.replicas().isEmpty() && made.stream().anyMatch(one -> one.committed() != null)) {
            wakeRelay.run();
        }
        return made.stream().map(InBatch::outcome).toList();
    }

    /** What {@link #writeAll} would do, had it to do with each write alone. */
    List<BatchOutcome> compareAll(String userId, List<BatchWrite> writes) {
        BackendHandle keeping = requireKeeping();
        return backends.ask(
                keeping,
                backend -> writes.stream()
                        .map(write -> write.against(backend.retrieve(userId, write.key())))
                        .toList());
    }

    /** Takes revisions that another store kept of one user; returns how many. Nobody is owed them. */
    int takeHistory(String userId, List<KeptRevision> revisions) {
        requireKeeping();
        return backends.store().historyOptions().isOn()
                ? backends.<Integer>commit(new Subject(userId, null), tx -> HistoryIntake.take(tx, revisions))
                : 0;
    }

    /** How many {@link #takeHistory} would take, see {@link HistoryIntake#compare}. */
    int compareHistory(List<KeptRevision> revisions, boolean keeps) {
        BackendHandle keeping = requireKeeping();
        return HistoryIntake.compare(
                revisions,
                key -> backends.ask(
                        keeping,
                        backend -> backend.retrieve(
                                revisions.get(0).revision().entry().userId(), key)),
                keeps,
                backends.store().history(),
                backends.store().historyOptions(),
                backends.clock().instant());
    }

    private BackendHandle requireKeeping() {
        return backends.keeping()
                .orElseThrow(() -> new BackendException(
                        Kind.UNSUPPORTED,
                        "the local database is switched off as a backend, so nothing can be written to it",
                        "switch it on"));
    }

    /**
     * Stores memories.
     *
     * @throws BackendException when none was stored
     */
    StoredBatch storeAll(String userId, List<BatchWrite.Store> stores) {
        if (backends.keeping().isEmpty()) {
            throw new NoBackendException(
                    WHAT,
                    Kind.UNSUPPORTED,
                    Map.of(
                            backends.handles().primary().name(),
                            "it is switched off as a backend; store memories one by one, or switch it on"));
        }
        stores.forEach(store -> backends.versions().observe(store.version()));
        LocalCommit local = new LocalCommit(backends, handle -> isAsked(handle, stores.size()));
        List<InBatch> made = new ArrayList<>();
        BackendException failure = null;
        int most = backends.store().isInProcess() ? stores.size() : MOST_REMOTE;
        for (int from = 0; from < stores.size() && failure == null; from += most) {
            try {
                made.addAll(local.commitAll(
                        userId, List.copyOf(stores.subList(from, Math.min(stores.size(), from + most)))));
            } catch (BackendException e) {
                failure = e;
            }
        }
        if (failure != null && made.isEmpty()) {
            throw refused(failure);
        }
        Map<String, Committed<?>> last = new LinkedHashMap<>();
        for (InBatch one : made) {
            if (one.committed() != null) {
                last.put(one.committed().write().key(), one.committed());
            }
        }
        Round round = new Round(List.copyOf(last.values()));
        Answers<List<Lookup>> answers = round.ask(stores.size());
        boolean outdone = round.outdo(answers, stores);
        boolean everywhere = !outdone && answers.values().keySet().containsAll(backends.replicas());
        if (!last.isEmpty() && !everywhere) {
            wakeRelay.run();
        }
        return new StoredBatch(
                made.stream().map(InBatch::outcome).toList(),
                made.stream().map(InBatch::held).toList(),
                report(last.isEmpty(), outdone, answers, failure));
    }

    /** Whether this call asks a backend: one that takes all in one call, within its timeout. */
    private boolean isAsked(BackendHandle handle, int size) {
        return waits && handle.isAdmitting() && handle.storesAtOnce() >= size;
    }

    private NoBackendException refused(BackendException failure) {
        String rest = failure.kind() == Kind.TIMED_OUT
                ? "; some may have been written there all the same: call again, which changes nothing that is there"
                : "; no other backend was asked, so nothing was changed anywhere";
        return new NoBackendException(
                WHAT, failure.kind(), Map.of(backends.handles().primary().name(), failure.describe() + rest));
    }

    private WriteReport report(
            boolean nothing, boolean outdone, Answers<List<Lookup>> answers, @Nullable BackendException failure) {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        boolean queued = false;
        for (BackendHandle handle : backends.handles().all()) {
            Outcome outcome = !handle.options().enabled()
                    ? Outcome.DISABLED
                    : handle.isSource()
                            ? Outcome.SOURCE
                            : handle.isPrimary()
                                            || nothing
                                            || (!outdone && answers.values().containsKey(handle))
                                    ? Outcome.STORED
                                    : Outcome.QUEUED;
            queued |= outcome == Outcome.QUEUED;
            if (handle.isPrimary() || !nothing || outcome != Outcome.STORED) {
                outcomes.put(handle.name(), outcome); // of what was not sent now nothing is said
            }
        }
        Durability durability = nothing || backends.replicas().isEmpty()
                ? Durability.LOCAL
                : queued ? Durability.QUEUED : Durability.REPLICATED;
        Map<String, String> problems = new LinkedHashMap<>(answers.problems());
        if (failure != null) {
            problems.put(backends.handles().primary().name(), failure.describe());
        }
        return new WriteReport(durability, outcomes, problems);
    }

    /** What was committed on its way to the other backends: the last write of each key. */
    private final class Round {

        private final List<Committed<?>> committed;
        private final List<Write.Store> written;

        Round(List<Committed<?>> committed) {
            this.committed = committed;
            this.written =
                    committed.stream().map(one -> (Write.Store) one.write()).toList();
        }

        Answers<List<Lookup>> ask(int size) {
            List<BackendHandle> tried = committed.isEmpty()
                    ? List.of()
                    : backends.replicas().stream()
                            .filter(handle -> isAsked(handle, size))
                            .filter(handle -> committed.stream()
                                    .noneMatch(one -> one.queued().contains(handle)))
                            .toList();
            List<MemoryEntry> entries = written.stream().map(Write.Store::entry).toList();
            try {
                Answers<List<Lookup>> answers = backends.fanOut().askAll(tried, backend -> backend.storeAll(entries));
                settle(tried, answers);
                return answers;
            } catch (CancellationException e) {
                // The caller is gone, but the writes may still arrive: what overtook them has to be sent again, which
                // an interrupted thread could not do.
                boolean interrupted = Thread.interrupted();
                settle(tried, new Answers<>(Map.of(), Map.of()));
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                throw e;
            }
        }

        /**
         * Acknowledges what was confirmed. What a backend did not confirm stays in the outbox and is due when this try must
         * have ended; the relay then finds out whether one of the writes is to blame.
         */
        private void settle(List<BackendHandle> tried, Answers<List<Lookup>> answers) {
            try {
                List<OutboxEntry> confirmed = new ArrayList<>();
                for (BackendHandle handle : tried) {
                    List<Lookup> held = answers.values().get(handle);
                    overtaking.checkAll(handle, written, held);
                    if (held != null) {
                        committed.forEach(one -> confirmed.addAll(one.owedTo(handle)));
                    }
                }
                if (!confirmed.isEmpty()) {
                    backends.store().outbox().acknowledge(confirmed);
                }
            } catch (BackendException e) {
                LOG.warn("the outbox does not learn of a delivery, which is repeated later: {}", e.describe());
            }
        }

        /**
         * Stores again, in a later version, what another backend outdid with a write of a faster clock. A write that was made
         * elsewhere keeps its version.
         *
         * @return whether there was any, which the relay delivers
         */
        boolean outdo(Answers<List<Lookup>> answers, List<BatchWrite.Store> stores) {
            Map<String, BatchWrite.Store> drafts = new LinkedHashMap<>();
            stores.forEach(store -> drafts.put(store.key(), store));
            boolean any = false;
            for (int i = 0; i < written.size(); i++) {
                Write.Store write = written.get(i);
                HlcTimestamp obstacle = HlcTimestamp.NONE;
                for (List<Lookup> held : answers.values().values()) {
                    HlcTimestamp there = write.obstacle(held.get(i));
                    obstacle = there.isNewerThan(obstacle) ? there : obstacle;
                }
                BatchWrite.Store draft = drafts.get(write.key());
                if (obstacle.isNewerThan(write.version())
                        && draft != null
                        && draft.conflict() == OnConflict.OVERWRITE) {
                    BackendException failure = relayed.commitNew(
                                    new Write.Store(draft.entry()), obstacle, write.version())
                            .failure();
                    if (failure != null) {
                        throw refused(failure);
                    }
                    any = true;
                }
            }
            return any;
        }
    }
}
