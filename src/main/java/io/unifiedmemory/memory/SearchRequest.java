package io.unifiedmemory.memory;

import org.jspecify.annotations.Nullable;

/**
 * A search in one user's memories.
 *
 * @param userId whose memories
 * @param query what to look for, as the person or model wrote it (never read as query syntax); null for the newest
 * @param limit how many hits at most, 1 or more
 */
public record SearchRequest(String userId, @Nullable String query, int limit) {

    public SearchRequest {
        if (limit < 1) {
            throw new IllegalArgumentException("limit is 1 or more, not " + limit);
        }
    }
}
