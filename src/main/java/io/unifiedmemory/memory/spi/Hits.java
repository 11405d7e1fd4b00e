package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a search. Immutable.
 *
 * @param hits the hits, in the order that was asked for
 * @param problem why memories that match according to the backend are missing, in one line; null when none is missing
 * @param note what else whoever asked should know, in one sentence; null when there is nothing
 */
public record Hits(
        List<Hit> hits, @Nullable String problem, @Nullable String note) {

    public Hits {
        hits = List.copyOf(hits);
    }

    /** A complete result. */
    public Hits(List<Hit> hits) {
        this(hits, null, null);
    }

    /** A result of a backend that has nothing else to say. */
    public Hits(List<Hit> hits, @Nullable String problem) {
        this(hits, problem, null);
    }

    /** A result of memories of which the backend knows nothing but their order. */
    public static Hits of(SearchRequest request, List<MemoryEntry> entries) {
        return new Hits(entries.stream()
                .map(entry -> new Hit(entry, request.isContainedIn(entry), 0))
                .toList());
    }

    /** The memories in the order of the hits. */
    public List<MemoryEntry> entries() {
        return hits.stream().map(Hit::entry).toList();
    }
}
