package io.unifiedmemory.memory;

import java.time.Instant;
import java.util.Comparator;

/** The order in which a search returns what it found. */
public enum SearchOrder {
    /** The best match for the query first; without a query, the most recently updated memory first. */
    RELEVANCE,
    /** The most recently updated memory first, with or without a query. */
    RECENCY;

    /** The order of {@link #RECENCY}: memories without a known time last; ties by version, then by key. */
    public static final Comparator<MemoryEntry> NEWEST_FIRST = Comparator.comparing(
                    MemoryEntry::updatedAt, Comparator.nullsFirst(Comparator.<Instant>naturalOrder()))
            .thenComparing(MemoryEntry::version)
            .reversed()
            .thenComparing(MemoryEntry::key, KeyOrder.COMPARATOR);
}
