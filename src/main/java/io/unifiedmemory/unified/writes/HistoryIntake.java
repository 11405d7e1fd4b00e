package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.History;
import io.unifiedmemory.memory.spi.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Takes what one store kept of a user's past into the history of another one, behind the memories and deletes that the other
 * one was given. Repeating it changes nothing. Stateless.
 */
public final class HistoryIntake {

    private HistoryIntake() {}

    /**
     * Takes revisions of one user.
     *
     * @param revisions those of one key in the order of their numbers
     * @return how many were taken
     */
    public static int take(Transaction tx, List<KeptRevision> revisions) {
        int taken = 0;
        for (List<KeptRevision> ofKey : byKey(revisions)) {
            MemoryEntry first = ofKey.get(0).revision().entry();
            Lookup known = tx.retrieve(first.userId(), first.key());
            List<Revision> before = ofKey.stream()
                    .filter(one -> one.comesBefore(known))
                    .map(KeptRevision::revision)
                    .toList();
            taken += before.isEmpty() ? 0 : tx.keep(before);
        }
        return taken;
    }

    private static Collection<List<KeptRevision>> byKey(List<KeptRevision> revisions) {
        Map<String, List<KeptRevision>> byKey = new LinkedHashMap<>();
        revisions.forEach(one -> byKey.computeIfAbsent(one.revision().entry().key(), key -> new ArrayList<>())
                .add(one));
        return byKey.values();
    }

    /**
     * How many {@link #take} would take, if the memory or the delete that belongs to them came before them.
     *
     * @param known what is known of a key now
     * @param keeps whether a memory that is held stays, whatever comes
     */
    static int compare(
            List<KeptRevision> revisions,
            Function<String, Lookup> known,
            boolean keeps,
            History history,
            HistoryOptions options,
            Instant now) {
        if (!options.isOn()) {
            return 0;
        }
        Instant oldest = now.minus(options.retention());
        int taken = 0;
        for (List<KeptRevision> ofKey : byKey(revisions)) {
            MemoryEntry first = ofKey.get(0).revision().entry();
            Lookup here = known.apply(first.key());
            List<Revision> last = history.list(first.userId(), first.key(), null, 1, Long.MAX_VALUE);
            for (KeptRevision one : ofKey) {
                Revision revision = one.revision();
                taken += isBehind(revision, last)
                                && !revision.endedAt().isBefore(oldest)
                                && (isReplaced(here, one.current(), keeps)
                                        ? isBehind(revision, here)
                                        : one.comesBefore(here))
                        ? 1
                        : 0;
            }
        }
        return taken;
    }

    private static boolean isBehind(Revision revision, List<Revision> last) {
        return last.isEmpty()
                || WriteOrder.isNewer(revision.entry(), last.get(0).entry());
    }

    /** Whether what is known of a key gives way to what was there where the revision was kept. */
    private static boolean isReplaced(Lookup known, HlcTimestamp current, boolean keeps) {
        if (known instanceof Lookup.Found found) {
            return !keeps && current.isNewerThan(found.entry().version());
        }
        return known instanceof Lookup.Deleted deleted && current.isNewerThan(deleted.version());
    }

    /** A memory that is replaced becomes the last revision. */
    private static boolean isBehind(Revision revision, Lookup replaced) {
        return !(replaced instanceof Lookup.Found found) || WriteOrder.isNewer(revision.entry(), found.entry());
    }
}
