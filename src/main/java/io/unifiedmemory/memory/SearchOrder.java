package io.unifiedmemory.memory;

import java.time.Instant;
import java.util.Comparator;

/** In which order a search returns what it found. */
public enum SearchOrder {
    /** What fits the query best first; without a query the most recently updated. */
    RELEVANCE,
    /** The most recently updated first, whatever the query. */
    RECENCY;

    /** The order of {@link #RECENCY}: memories without a known time last; ties by version, then by key. */
    public static final Comparator<MemoryEntry> NEWEST_FIRST = Comparator.comparing(
                    MemoryEntry::updatedAt, Comparator.nullsFirst(Comparator.<Instant>naturalOrder()))
            .thenComparing(MemoryEntry::version)
            .reversed()
            .thenComparing(MemoryEntry::key, KeyOrder.COMPARATOR);
}
