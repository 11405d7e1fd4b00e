package io.unifiedmemory.memory;

import org.jspecify.annotations.Nullable;

/**
 * One page of a user's memories in the order of {@link KeyOrder}.
 *
 * @param userId whose memories
 * @param afterKey the page starts behind this key, which need not exist; null for the first page
 * @param limit how many entries at most, 1 or more
 * @param maxChars where a page may end early: more characters of keys and values, and more than one entry, are not needed
 */
public record ListRequest(String userId, @Nullable String afterKey, int limit, long maxChars) {

    /** So many characters fit into memory. */
    private static final long MOST_CHARS = 8L * 1024 * 1024;

    public ListRequest {
        if (limit < 1) {
            throw new IllegalArgumentException("limit is 1 or more, not " + limit);
        }
    }

    /** As large a page as fits into memory. */
    public ListRequest(String userId, @Nullable String afterKey, int limit) {
        this(userId, afterKey, limit, MOST_CHARS);
    }
}
