package io.unifiedmemory.search;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One user's part of an index at one moment: what a store has to answer so that {@link FullTextSearch} can rank. Serves
 * one search on one thread. Stores number memories in the order of their first stores, so that among equal scores the
 * later memory comes first in every store.
 *
 * @param <E> the exception with which reading fails
 */
public interface IndexReader<E extends Exception> {

    /**
     * Says what a search will certainly ask, before it asks: the postings of these expressions, and the surfaces at
     * these edges. An index across a network fetches all of it at once.
     */
    default void expect(Collection<Expression> expressions, Collection<Query.Edge> edges) throws E {}

    /** The number of memories that are indexed; the rarity of a word is relative to it. */
    long entries();

    /** The total number of their words, see {@link IndexedMemory#words}. */
    long words();

    /**
     * The postings that match an expression, in descending order, only the latest {@code limit} ones. Each is a {@link
     * DocumentNumber} with the field in its lowest bits.
     */
    long[] postings(Expression expression, int limit) throws E;

    /**
     * Surfaces (words of key and value as they were written) of the memories that are indexed, which begin with a
     * prefix, in ascending order, no more than {@code limit}.
     */
    List<String> surfacesFrom(String prefix, int limit) throws E;

    /**
     * Surfaces of the memories that are indexed, which fit an edge of a query, in any order. Null when more than {@code
     * limit} fit, or when the edge is open before and has fewer than two characters, and in no other case: else the
     * same search would have another order in another store.
     */
    @Nullable
    List<String> surfacesAt(Query.Edge edge, int limit) throws E;

    /** The documents of all memories that are indexed, in any order; for users with few. */
    long[] all() throws E;

    /** The places of these documents in their conversations; documents without a conversation are left out. */
    List<Place> places(long[] documents) throws E;

    /**
     * The place of a document in its conversation.
     *
     * @param conversation the number of the conversation
     * @param next up to two documents after it, the nearest first
     * @param previous up to two documents before it, the nearest first
     */
    record Place(long document, long conversation, List<Long> next, List<Long> previous) {}
}
