package io.unifiedmemory.store;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.WriteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which revisions of another store a history takes over, as {@code Transaction.keep} says. Stateless. */
public final class TakenRevisions {

    private TakenRevisions() {}

    /**
     * Those that are taken, with the numbers and the ends that they get.
     *
     * @param revisions of one key, the oldest first
     * @param newest the newest revision that the key has here; null when it has none
     * @param last the highest number that one has here; 0 for none
     */
    public static List<Revision> of(
            List<Revision> revisions, @Nullable MemoryEntry newest, int last, HistoryOptions options, Instant now) {
        Instant oldest = now.minus(options.retention());
        MemoryEntry before = newest;
        List<Revision> taken = new ArrayList<>();
        for (Revision one : revisions) {
            boolean isNewer = before == null || WriteOrder.isNewer(one.entry(), before);
            if (isNewer && !one.endedAt().isBefore(oldest)) {
                Instant end = one.endedAt().isAfter(now) ? now : one.endedAt();
                taken.add(new Revision(last + taken.size() + 1, one.entry(), end, one.how()));
                before = one.entry();
            }
        }
        return taken;
    }
}
