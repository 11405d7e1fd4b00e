package io.unifiedmemory.unified;

import io.unifiedmemory.memory.MemoryEntry;
import java.util.List;
import java.util.Map;

/**
 * The answer to a search.
 *
 * @param hits best first; without a query newest first
 * @param more whether hits follow behind the last one
 * @param problems why backends were not heard, by name; empty when the answer is complete
 */
public record SearchResult(List<Hit> hits, boolean more, Map<String, String> problems) {

    /**
     * One memory that was found.
     *
     * @param score comparable within one answer only; higher is better, more than 0
     * @param backends the names of the backends that found it
     */
    public record Hit(MemoryEntry entry, double score, List<String> backends) {}
}
