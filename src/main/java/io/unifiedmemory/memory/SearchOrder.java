package io.unifiedmemory.memory;

import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The order in which a search returns what it found. */
public enum SearchOrder {
    /** The best match for the query first; without a query, the most recently updated memory first. */
    RELEVANCE,
    /** The most recently updated memory first, with or without a query. */
    RECENCY;

    /** The order of {@link #RECENCY}: memories without a known time last; ties by version, then by key. */
    public static final Comparator<MemoryEntry> NEWEST_FIRST = SearchOrder::newestFirst;

    private static int newestFirst(MemoryEntry one, MemoryEntry other) {
        int update = compare(other.updatedAt(), one.updatedAt());
        int version = update != 0 ? update : other.version().compareTo(one.version());
        return version != 0 ? version : KeyOrder.COMPARATOR.compare(one.key(), other.key());
    }

    /** Null is before all times. */
    private static int compare(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return Boolean.compare(one != null, other != null);
        }
        return one.compareTo(other);
    }
}
