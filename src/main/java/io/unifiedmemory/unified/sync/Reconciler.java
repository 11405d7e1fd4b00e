package io.unifiedmemory.unified.sync;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.ComparisonLog;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.UserDirectory;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.writes.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the store of record with another backend, user by user and page by page, and copies the newer version each
 * way: what the backend lacks goes into the outbox, what it has newer is stored here. A failure ends the comparison and
 * never counts as missing, and a missing memory is never taken for deleted: only a remembered delete deletes. An entry
 * that another program wrote, without a version, stays where it is.
 *
 * <p>A backend without versions remembers no deletes, so nobody can tell whether a memory that was there at the last
 * comparison and is missing now was deleted by another machine or lost. Restoring it each time would fight that machine
 * for ever: the memory stays here and is restored only when a person asks for the comparison, or when the backend itself
 * shows that it lost its data ({@link MemoryBackend#unharmedSince}).
 *
 * <p>A backend that lists nothing is asked memory by memory for those that are known here. Each costs a call, so that is
 * done once, again when its data are lost, and whenever a person asks.
 */
public final class Reconciler {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private static final int PAGE = 500;

    /** How many memories are asked for one by one in a step that has to end in time. */
    private static final int SINGLE = 50;

    private static final HlcTimestamp EVERYTHING = new HlcTimestamp(Long.MAX_VALUE);

    /** What a comparison does about the differences that it finds. */
    public enum Mode {
        /** Nothing: a dry run. */
        LOOK,
        /** Repairs them, in a comparison that is repeated without anybody asking. */
        ROUTINE,
        /** Repairs them because a person asked; this also restores what is missing in a backend without versions. */
        RESTORE
    }

    /**
     * The state of one comparison.
     *
     * @param seenBefore a memory that a backend without versions lacks, and that is not newer than this, was there
     *     once; {@link HlcTimestamp#NONE} when nothing was
     * @param found hears of each difference before anything is done about it
     */
    private record Comparison(
            BackendHandle local,
            BackendHandle other,
            Mode mode,
            HlcTimestamp seenBefore,
            Allowance allowance,
            Consumer<Difference> found) {}

    private final Backends backends;
    private final UserDirectory users;
    private final Set<String> expected;

    /** @param expected users to compare even when nothing of them is known here */
    public Reconciler(Backends backends, UserDirectory users, Set<String> expected) {
        this.backends = backends;
        this.users = users;
        this.expected = expected;
    }

    /** Whether this backend can be compared, and there is something to compare it with. */
    public boolean applies(BackendHandle handle) {
        return backends.keeping().isPresent() && handle.can(Capability.KEEP);
    }

    /**
     * Compares everything of the users whom the store of record knows, and of further users.
     *
     * @param mode what to do about the differences
     * @param named further users, of whom nothing may be known here
     * @param progress called after each page with the user and the number of memories so far
     * @throws BackendException when one of the two backends fails
     */
    public Drift reconcile(
            BackendHandle handle, Mode mode, Collection<String> named, ObjLongConsumer<String> progress) {
        return reconcile(handle, mode, named, progress, difference -> {});
    }

    /**
     * Compares as {@link #reconcile(BackendHandle, Mode, Collection, ObjLongConsumer)} does.
     *
     * @param found hears of each difference before anything is done about it
     */
    public Drift reconcile(
            BackendHandle handle,
            Mode mode,
            Collection<String> named,
            ObjLongConsumer<String> progress,
            Consumer<Difference> found) {
        long file = backends.store().comparisons().incarnation();
        HlcTimestamp seenBefore = seenBefore(handle, mode);
        long start = backends.clock().millis();
        boolean unharmed = !seenBefore.equals(HlcTimestamp.NONE) && !seenBefore.equals(EVERYTHING);
        if (unharmed && !handle.can(Capability.LIST)) {
            return finished(handle, start, file, Drift.NONE);
        }
        Comparison comparison = new Comparison(
                backends.keeping().orElseThrow(), handle, mode, seenBefore, new Allowance(handle), found);
        Set<String> first = new TreeSet<>(KeyOrder.COMPARATOR);
        first.addAll(expected);
        first.addAll(named);
        Drift drift = Drift.NONE;
        for (String user : first) {
            drift = drift.plus(reconcile(user, comparison, drift.compared(), progress));
        }
        for (String user : UserDirectory.all(users)) {
            if (!first.contains(user)) {
                drift = drift.plus(reconcile(user, comparison, drift.compared(), progress));
            }
        }
        return mode == Mode.LOOK ? drift : finished(handle, start, file, drift);
    }

    private Drift finished(BackendHandle handle, long start, long file, Drift drift) {
        if (!backends.store().comparisons().note(handle.name(), start, file)) {
            throw new BackendException(Kind.UNAVAILABLE, "the database was replaced meanwhile", "compare it once more");
        }
        return drift;
    }

    private Drift reconcile(String user, Comparison comparison, long before, ObjLongConsumer<String> progress) {
        Drift drift = Drift.NONE;
        String after = null;
        boolean lists = comparison.other.can(Capability.LIST);
        do {
            ListRequest request = new ListRequest(user, after, lists ? PAGE : SINGLE);
            Page here = backends.ask(comparison.local, backend -> backend.list(request));
            Page there = lists
                    ? backends.ask(comparison.other, backend -> backend.list(request))
                    : single(here, comparison.other);
            comparison.allowance.take(there);
            String end = lesser(here.end(), there.end());
            drift = drift.plus(compare(pairs(here, there, end), comparison));
            progress.accept(user, before + drift.compared());
            after = end;
        } while (after != null);
        return drift;
    }

    /** What a backend that lists nothing has of the memories on a page of the store of record. */
    private Page single(Page here, BackendHandle other) {
        List<MemoryEntry> there = new ArrayList<>();
        for (MemoryEntry entry : here.entries()) {
            if (backends.ask(other, backend -> backend.retrieve(entry.userId(), entry.key()))
                    instanceof Lookup.Found found) {
                there.add(found.entry());
            }
        }
        return new Page(there, false, null);
    }

    private HlcTimestamp seenBefore(BackendHandle handle, Mode mode) {
        if (mode != Mode.ROUTINE) {
            return HlcTimestamp.NONE;
        }
        ComparisonLog comparisons = backends.store().comparisons();
        Long last = comparisons.comparedMillis(handle.name());
        if (comparisons.isRestored(handle.name())
                && (last != null
                        || backends.store().outboxAdmin().backlog(handle.name()).confirmedMillis() != null)) {
            // What the backend got after the copy was made may have been deleted since; what it never got is still in
            // the outbox.
            return EVERYTHING;
        }
        boolean lost = last != null
                && backends.ask(handle, backend -> Optional.ofNullable(backend.unharmedSince()))
                        .filter(since -> since.toEpochMilli() > last)
                        .isPresent();
        if (last != null && lost) {
            LOG.warn("{} lost its data after {}: it gets everything again", handle.name(), Instant.ofEpochMilli(last));
        }
        return last == null || lost ? HlcTimestamp.NONE : HlcTimestamp.atMillis(last);
    }

    /** The two copies of one memory; null where a side has none. */
    private record Pair(
            @Nullable MemoryEntry here, @Nullable MemoryEntry there) {

        String key() {
            return (here == null ? Objects.requireNonNull(there) : here).key();
        }
    }

    private static List<Pair> pairs(Page here, Page there, @Nullable String end) {
        Map<String, Pair> byKey = new TreeMap<>(KeyOrder.COMPARATOR);
        here.entries().forEach(entry -> byKey.put(entry.key(), new Pair(entry, null)));
        there.entries().stream()
                .filter(entry -> !entry.isForeign()) // it is not a copy of the memory here, older or newer
                .forEach(entry -> byKey.merge(
                        entry.key(), new Pair(null, entry), (held, next) -> new Pair(held.here, next.there)));
        return byKey.entrySet().stream()
                .filter(pair -> end == null || KeyOrder.COMPARATOR.compare(pair.getKey(), end) <= 0)
                .filter(pair -> !there.refused().containsKey(pair.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private Drift compare(List<Pair> pairs, Comparison comparison) {
        List<OutboxEntry> owed = new ArrayList<>();
        List<MemoryEntry> newerThere = new ArrayList<>();
        Map<MemoryEntry, HlcTimestamp> deletedThere = new LinkedHashMap<>();
        for (Pair pair : pairs) {
            MemoryEntry here = pair.here;
            MemoryEntry there = pair.there;
            if (here != null && there == null) {
                missingThere(here, comparison, owed, deletedThere);
            } else if (here != null && there != null && WriteOrder.isNewer(here, there)) {
                owed.add(new Write.Store(here).owedTo(comparison.other, backends.clock()));
            } else if (there != null) {
                if (here == null) {
                    missingHere(there, comparison, owed, newerThere);
                } else if (WriteOrder.isNewer(there, here)) {
                    newerThere.add(there);
                }
            }
        }
        owed.removeIf(this::isOwedAlready);
        tell(pairs, owed, newerThere, deletedThere.keySet(), comparison);
        if (comparison.mode != Mode.LOOK) {
            mend(owed, newerThere, deletedThere, comparison);
        }
        long deletes = owed.stream()
                .filter(one -> one.operation() == OutboxEntry.Operation.DELETE)
                .count();
        return new Drift(pairs.size(), owed.size() - deletes, deletes, newerThere.size() + deletedThere.size());
    }

    /** What is found on a page is about one user, and there is one pair of each key. */
    private static void tell(
            List<Pair> pairs,
            List<OutboxEntry> owed,
            List<MemoryEntry> newerThere,
            Set<MemoryEntry> deletedThere,
            Comparison comparison) {
        Map<String, Difference.Kind> kinds = new HashMap<>();
        owed.forEach(one -> kinds.put(
                one.key(),
                one.operation() == OutboxEntry.Operation.DELETE
                        ? Difference.Kind.DELETED_THERE
                        : Difference.Kind.SENT));
        newerThere.forEach(one -> kinds.put(one.key(), Difference.Kind.TAKEN));
        deletedThere.forEach(one -> kinds.put(one.key(), Difference.Kind.DELETED_HERE));
        for (Pair pair : pairs) {
            Difference.Kind kind = kinds.get(pair.key());
            if (kind != null) {
                comparison.found.accept(new Difference(comparison.other.name(), kind, pair.here, pair.there));
            }
        }
    }

    /**
     * Whether the outbox already has the write. A cleanup that is pending or was refused says nothing about later
     * changes.
     */
    private boolean isOwedAlready(OutboxEntry write) {
        return backends.store().pendingWrites().concerning(write.backend(), write.userId(), write.key()).stream()
                .anyMatch(owed -> owed.operation().scope() == OutboxEntry.Scope.KEY);
    }

    private void missingThere(
            MemoryEntry here,
            Comparison comparison,
            List<OutboxEntry> owed,
            Map<MemoryEntry, HlcTimestamp> deletedThere) {
        if (!comparison.other.can(Capability.VERSIONS)) {
            if (here.version().isNewerThan(comparison.seenBefore)) {
                owed.add(new Write.Store(here).owedTo(comparison.other, backends.clock()));
            }
            return;
        }
        Lookup known = backends.ask(comparison.other, backend -> backend.retrieve(here.userId(), here.key()));
        if (known instanceof Lookup.Deleted deleted && !WriteOrder.outlives(here, deleted.version())) {
            deletedThere.put(here, deleted.version());
        } else {
            owed.add(new Write.Store(here).owedTo(comparison.other, backends.clock()));
        }
    }

    private void missingHere(
            MemoryEntry there, Comparison comparison, List<OutboxEntry> owed, List<MemoryEntry> newerThere) {
        Lookup known = backends.ask(comparison.local, backend -> backend.retrieve(there.userId(), there.key()));
        if (known instanceof Lookup.Deleted deleted && !WriteOrder.outlives(there, deleted.version())) {
            owed.add(new Write.Delete(there.userId(), there.key(), deleted.version())
                    .owedTo(comparison.other, backends.clock()));
        } else if (!(known instanceof Lookup.Found)) {
            newerThere.add(there);
        }
    }

    private void mend(
            List<OutboxEntry> owed,
            List<MemoryEntry> newerThere,
            Map<MemoryEntry, HlcTimestamp> deletedThere,
            Comparison comparison) {
        BackendHandle local = comparison.local;
        if (!owed.isEmpty()) {
            backends.commit(new Subject(owed.get(0).userId(), null), tx -> {
                owed.forEach(tx::owe);
                return owed.size();
            });
        }
        // A memory that arrives late may be older than the last comparison with a third backend, which would then take
        // it for deleted there.
        List<BackendHandle> third = backends.replicas().stream()
                .filter(handle -> handle != comparison.other && !handle.can(Capability.VERSIONS))
                .toList();
        for (MemoryEntry entry : newerThere) {
            backends.commit(new Subject(entry.userId(), entry.key()), tx -> {
                Lookup held = tx.store(entry);
                third.forEach(handle -> tx.owe(new Write.Store(entry).owedTo(handle, backends.clock())));
                return held;
            });
        }
        deletedThere.forEach((entry, version) ->
                backends.ask(local, backend -> backend.delete(entry.userId(), entry.key(), version)));
    }

    private static @Nullable String lesser(@Nullable String a, @Nullable String b) {
        return a == null ? b : b == null ? a : KeyOrder.COMPARATOR.compare(a, b) <= 0 ? a : b;
    }
}
