package io.unifiedmemory.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One user's part of an index, as it is at one moment: what a store has to answer so that {@link FullTextSearch} can rank.
 * Serves one search on one thread. Stores give out memory numbers in the order of first stores, so that of equal scores
 * the later memory comes first in every store.
 *
 * @param <E> how reading fails
 */
public interface IndexReader<E extends Exception> {

    /** How many memories are indexed, of all of which the rarity of a word is a part. */
    long entries();

    /** How many words they have together, see {@link IndexedMemory#words}. */
    long words();

    /**
     * The postings that fit an expression: a {@link DocumentNumber} with the field in its lowest bits for each, in descending
     * order, no more than {@code limit} of the latest.
     */
    long[] postings(Expression expression, int limit) throws E;

    /** Surfaces (words as they were written) that begin so, in their order, no more than {@code limit}. */
    List<String> surfacesFrom(String prefix, int limit) throws E;

    /** Surfaces that fit an edge of a query; null when there are more than {@code limit}, or the index cannot tell. */
    @Nullable
    List<String> surfacesAt(Query.Edge edge, int limit) throws E;

    /** Where these documents stand in their conversations; those that stand in none are left out. */
    List<Place> places(long[] documents) throws E;

    /**
     * A document in its conversation.
     *
     * @param conversation a number for it
     * @param next up to two documents after it, the nearest first
     * @param previous up to two documents before it, the nearest first
     */
    record Place(long document, long conversation, List<Long> next, List<Long> previous) {}
}
