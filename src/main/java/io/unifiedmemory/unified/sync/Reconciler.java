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
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.UserDirectory;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.writes.Write;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares the local database with another backend, user by user and page by page, and lets the newer version go each
 * way: what the backend lacks is owed to it through the outbox, what it has newer is kept here. A failure ends the
 * comparison and never counts as missing, and what is missing is never taken for deleted: only a remembered delete
 * deletes. What another program wrote, without a version, stays where it is.
 *
 * <p>A backend without versions remembers no deletes, so nobody can tell whether what was there at the last comparison
 * and is missing now was deleted by another machine or lost. Putting it back by itself each time would fight that
 * machine for ever: it stays here and is put back only when a person asks for the comparison.
 */
public final class Reconciler {

    private static final int PAGE = 500;

    private static final HlcTimestamp EVERYTHING = new HlcTimestamp(Long.MAX_VALUE);

    /** What a comparison does about what it finds. */
    public enum Mode {
        /** Nothing. */
        LOOK,
        /** Mends it, as often as it is repeated without anybody asking. */
        ROUTINE,
        /** Mends it because a person asked: also puts back what has gone from a backend that keeps no versions. */
        RESTORE
    }

    /**
     * @param seenBefore what is missing in a backend without versions and not newer than this was there once;
     *     {@link HlcTimestamp#NONE} for nothing
     */
    private record Comparison(
            BackendHandle local, BackendHandle other, Mode mode, HlcTimestamp seenBefore, Allowance allowance) {}

    private final Backends backends;
    private final UserDirectory users;
    private final Set<String> expected;

    /** @param expected users to compare although nothing of them may be known here */
    public Reconciler(Backends backends, UserDirectory users, Set<String> expected) {
        this.backends = backends;
        this.users = users;
        this.expected = expected;
    }

    /** Whether there is anything to compare this backend with, and a way to do it. */
    public boolean applies(BackendHandle handle) {
        return backends.keeping().isPresent() && handle.can(Capability.LIST);
    }

    /**
     * Compares everything of the users that the local database knows, and of those that it is told of.
     *
     * @param mode what to do about the differences
     * @param named further users, of whom nothing may be known here
     * @param progress told after each page of whom and how many memories so far
     * @throws BackendException when one of the two fails
     */
    public Drift reconcile(
            BackendHandle handle, Mode mode, Collection<String> named, ObjLongConsumer<String> progress) {
        Comparison comparison = new Comparison(
                backends.keeping().orElseThrow(), handle, mode, seenBefore(handle, mode), new Allowance(handle));
        long start = backends.clock().millis();
        long file = backends.store().comparisons().incarnation();
        Set<String> first = new TreeSet<>(KeyOrder.COMPARATOR);
        first.addAll(expected);
        first.addAll(named);
        Drift drift = Drift.NONE;
        for (String user : first) {
            drift = drift.plus(reconcile(user, comparison, drift.compared(), progress));
        }
        String after = null;
        List<String> some;
        do {
            some = users.users(after, PAGE);
            for (String user : some) {
                if (!first.contains(user)) {
                    drift = drift.plus(reconcile(user, comparison, drift.compared(), progress));
                }
                after = user;
            }
        } while (some.size() == PAGE);
        if (mode != Mode.LOOK && !backends.store().comparisons().note(handle.name(), start, file)) {
            throw new BackendException(
                    Kind.UNAVAILABLE, "the database file was replaced meanwhile", "compare it once more");
        }
        return drift;
    }

    private Drift reconcile(String user, Comparison comparison, long before, ObjLongConsumer<String> progress) {
        Drift drift = Drift.NONE;
        String after = null;
        do {
            ListRequest request = new ListRequest(user, after, PAGE);
            Page here = backends.ask(comparison.local, backend -> backend.list(request));
            Page there = backends.ask(comparison.other, backend -> backend.list(request));
            comparison.allowance.take(there);
            String end = lesser(here.end(), there.end());
            drift = drift.plus(compare(pairs(here, there, end), comparison));
            progress.accept(user, before + drift.compared());
            after = end;
        } while (after != null);
        return drift;
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
            // What the backend got after the copy was made may have been deleted since; what it never got is still
            // owed.
            return EVERYTHING;
        }
        return last == null ? HlcTimestamp.NONE : HlcTimestamp.atMillis(last);
    }

    /** The two copies of one memory; null where a side has none. */
    private record Pair(
            @Nullable MemoryEntry here, @Nullable MemoryEntry there) {}

    private static List<Pair> pairs(Page here, Page there, @Nullable String end) {
        Map<String, Pair> byKey = new TreeMap<>(KeyOrder.COMPARATOR);
        here.entries().forEach(entry -> byKey.put(entry.key(), new Pair(entry, null)));
        there.entries().stream()
                .filter(entry -> !entry.isForeign()) // no copy of what is here, older or newer
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
        if (comparison.mode != Mode.LOOK) {
            mend(owed, newerThere, deletedThere, comparison);
        }
        long deletes = owed.stream()
                .filter(one -> one.operation() == OutboxEntry.Operation.DELETE)
                .count();
        return new Drift(pairs.size(), owed.size() - deletes, deletes, newerThere.size() + deletedThere.size());
    }

    /** A cleanup that is owed too, or was refused for good, says nothing about what is here after it. */
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
        // What comes late may be older than the last comparison with a third backend, which would take it for gone
        // there.
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
