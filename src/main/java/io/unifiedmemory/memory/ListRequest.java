package io.unifiedmemory.memory;

import org.jspecify.annotations.Nullable;

/**
 * One page of a user's memories in the order of {@link KeyOrder}.
 *
 * @param userId whose memories
 * @param afterKey the page starts behind this key, which need not exist; null for the first page
 * @param limit how many entries at most, 1 or more
 */
public record ListRequest(String userId, @Nullable String afterKey, int limit) {

    public ListRequest {
        if (limit < 1) {
            throw new IllegalArgumentException("limit is 1 or more, not " + limit);
        }
    }
}
