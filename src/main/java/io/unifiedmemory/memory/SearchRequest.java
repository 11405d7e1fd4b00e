package io.unifiedmemory.memory;

import org.jspecify.annotations.Nullable;

/**
 * A search in one user's memories.
 *
 * @param userId whose memories
 * @param query what to look for; null for everything
 * @param limit how many hits at most, 1 or more
 * @param order which hits come first
 * @param filter which memories count at all
 */
public record SearchRequest(
        String userId, @Nullable SearchText query, int limit, SearchOrder order, SearchFilter filter) {

    public SearchRequest {
        if (limit < 1) {
            throw new IllegalArgumentException("limit is 1 or more, not " + limit);
        }
    }

    /** Whether a memory contains the whole query; false where there is none. */
    public boolean isContainedIn(MemoryEntry entry) {
        return query != null && query.isContainedIn(entry);
    }

    /** A search for the best of all memories of the user. */
    public SearchRequest(String userId, @Nullable SearchText query, int limit) {
        this(userId, query, limit, SearchOrder.RELEVANCE, SearchFilter.NONE);
    }
}
