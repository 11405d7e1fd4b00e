package io.unifiedmemory.search;

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
     * Surfaces (words as they were written) that begin with a prefix, in ascending order, no more than {@code limit}.
     */
    List<String> surfacesFrom(String prefix, int limit) throws E;

    /** Surfaces that fit an edge of a query; null when there are more than {@code limit}, or the index cannot tell. */
    @Nullable
    List<String> surfacesAt(Query.Edge edge, int limit) throws E;

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
