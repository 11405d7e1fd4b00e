package io.unifiedmemory.memory;

import org.jspecify.annotations.Nullable;

/**
 * A request for one page of a user's memories, in the order of {@link KeyOrder}.
 *
 * @param userId whose memories
 * @param afterKey the page starts behind this key, which need not exist; null for the first page
 * @param limit how many entries at most, 1 or more
 * @param maxChars the page may end early, after at least one entry, once keys and values have more characters than this
 */
public record ListRequest(String userId, @Nullable String afterKey, int limit, long maxChars) {

    /** The number of characters that fits into memory. */
    private static final long MOST_CHARS = 8L * 1024 * 1024;

    public ListRequest {
        if (limit < 1) {
            throw new IllegalArgumentException("limit is 1 or more, not " + limit);
        }
    }

    /** A request for as large a page as fits into memory. */
    public ListRequest(String userId, @Nullable String afterKey, int limit) {
        this(userId, afterKey, limit, MOST_CHARS);
    }
}
