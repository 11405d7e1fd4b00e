package io.unifiedmemory.search;

import io.unifiedmemory.memory.MemoryEntry;
import org.jspecify.annotations.Nullable;

/**
 * The memories of the user whose index is searched, as they are at the same moment. Serves one search on one thread.
 *
 * @param <E> the exception with which reading fails
 */
public interface MemoryReader<E extends Exception> {

    /**
     * Says which memories a search will probably load next, in this order. A store across a network fetches them at
     * once.
     */
    default void expect(long[] ids) throws E {}

    /** The memory with a number of the index; null when it is gone or cannot be read. */
    @Nullable
    MemoryEntry load(long id) throws E;

    /**
     * The memory with a number of the index if its key or its text contains the query; else null. Of most candidates that
     * is no, so a store reads no more of a memory than that needs.
     */
    default @Nullable MemoryEntry loadIfContaining(long id, Query query) throws E {
        MemoryEntry entry = load(id);
        return entry != null && query.isContainedIn(entry) ? entry : null;
    }

    /**
     * Visits the numbers of memories that may contain the query, the most recently updated first. Every memory that
     * contains the query is among them.
     */
    void scan(Query query, Visitor<E> visitor) throws E;

    /** Receives the numbers of memories. */
    @FunctionalInterface
    interface Visitor<E extends Exception> {

        /** Returns whether it wants more. */
        boolean visit(long id) throws E;
    }
}
