package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.Lookup;
import java.util.List;
import java.util.Map;

/**
 * What became of memories that were stored together.
 *
 * @param outcomes of each memory, in order; fewer than there were memories where the store of record failed on the way, which
 *     the report tells
 * @param held what is held under the key of each now, likewise
 * @param report where those arrived that were stored
 */
public record StoredBatch(List<BatchOutcome> outcomes, List<Lookup> held, WriteReport report) {

    /** Of no memories. */
    public static final StoredBatch EMPTY =
            new StoredBatch(List.of(), List.of(), new WriteReport(Durability.LOCAL, Map.of(), Map.of()));
}
