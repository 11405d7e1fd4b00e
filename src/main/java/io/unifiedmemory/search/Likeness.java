package io.unifiedmemory.search;

/**
 * How alike in meaning memories are to a query. Serves one search on one thread.
 *
 * @param <E> the exception with which reading fails
 */
public interface Likeness<E extends Exception> {

    /**
     * The likeness of each of these documents, in their order: the larger, the more alike; comparable within one query
     * only. {@link Double#NaN} where it is not known.
     */
    double[] of(long[] documents) throws E;
}
