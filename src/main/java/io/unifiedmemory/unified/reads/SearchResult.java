package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.MemoryEntry;
import java.util.List;
import java.util.Map;

/**
 * The answer to a search.
 *
 * @param hits best first; without a query newest first
 * @param rest what follows the last hit, as far as it is known
 * @param closing whether only the rest remains to be shown before the search ends
 * @param problems why backends could not be reached, by name; empty when the answer is complete
 * @param notes what else whoever asked should know, one sentence each
 */
public record SearchResult(
        List<FusedHit> hits,
        List<MemoryEntry> rest,
        boolean closing,
        Map<String, String> problems,
        List<String> notes) {

    /** The same with other problems, none of which the end of the search may hide. */
    public SearchResult with(Map<String, String> all) {
        return new SearchResult(hits, rest, closing && all.isEmpty(), all, notes);
    }

    /** Whether more hits follow the last one. */
    public boolean more() {
        return !rest.isEmpty();
    }

    /**
     * One memory that was found.
     *
     * @param score comparable within one answer only; higher is better, more than 0
     * @param backends the names of the backends that found it
     * @param ofSource whether a source found it: it is nothing that is kept here, and cannot be changed or deleted here
     * @param byMeaning whether it was found by its meaning alone
     */
    public record FusedHit(
            MemoryEntry entry, double score, List<String> backends, boolean ofSource, boolean byMeaning) {}
}
