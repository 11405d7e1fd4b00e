package io.unifiedmemory.search;

import io.unifiedmemory.memory.MemoryEntry;
import org.jspecify.annotations.Nullable;

/**
 * The memories of the user whose index is searched, as they are at the same moment. Serves one search on one thread.
 *
 * @param <E> how reading fails
 */
public interface MemoryReader<E extends Exception> {

    /** The memory with a number of the index; null when it is gone, or is not to be found. */
    @Nullable
    MemoryEntry load(long id) throws E;

    /**
     * Goes through the memories one by one, the most recently updated first, and hands over the numbers of those that may
     * contain the query: all that do are among them.
     */
    void scan(Query query, Visitor<E> visitor) throws E;

    /** Takes the numbers of memories. */
    @FunctionalInterface
    interface Visitor<E extends Exception> {

        /** Returns whether it wants more. */
        boolean visit(long id) throws E;
    }
}
