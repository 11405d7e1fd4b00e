package io.unifiedmemory.transfer;

import io.unifiedmemory.unified.writes.BatchOutcome;
import java.util.Map;

/**
 * What became of a file.
 *
 * @param memories how many memories came to which end
 * @param deletes likewise, of remembered deletes
 * @param revisions how many revisions were taken into the history
 * @param skipped how many were not: the key has a newer history here, or they are too old to be kept, or nobody keeps any
 * @param passedOver how many belong to other users than the one that was asked for
 * @param unreadable at how many places something is missing now
 * @param remarks what else there is to say, each with the number of places that it is about
 */
public record ImportReport(
        Map<BatchOutcome, Long> memories,
        Map<BatchOutcome, Long> deletes,
        long revisions,
        long skipped,
        long passedOver,
        long unreadable,
        Map<String, Long> remarks) {

    public ImportReport {
        memories = Map.copyOf(memories);
        deletes = Map.copyOf(deletes);
    }

    /** How many memories came to this end. */
    public long memories(BatchOutcome outcome) {
        return memories.getOrDefault(outcome, 0L);
    }

    /** How many deletes came to this end. */
    public long deletes(BatchOutcome outcome) {
        return deletes.getOrDefault(outcome, 0L);
    }
}
