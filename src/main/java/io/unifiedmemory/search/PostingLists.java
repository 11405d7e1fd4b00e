package io.unifiedmemory.search;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The postings that one search needs; each list is read once. Not thread-safe. */
final class PostingLists<E extends Exception> {

    private static final int SHORT = 10;

    private final IndexReader<E> index;
    private final Map<Expression, Read> read = new HashMap<>();

    /** @param complete whether these are all postings; otherwise they are the latest */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Read(long[] postings, boolean complete) {}

    PostingLists(IndexReader<E> index) {
        this.index = index;
    }

    /** Postings by {@link DocumentNumber.Field field}, the latest first, no more than the limit. */
    long[] postings(Expression expression, int limit) throws E {
        Read known = read.get(expression);
        // A list that was read to its end, or up to this very limit, need not be read again.
        if (known != null && (known.postings.length == limit || (known.complete && known.postings.length < limit))) {
            return known.postings;
        }
        long[] postings = index.postings(expression, limit);
        read.put(expression, new Read(postings, postings.length < limit));
        return postings;
    }

    /** The documents that match in key, value or date, the latest first. */
    long[] documents(Expression expression, int limit) throws E {
        return Arrays.stream(postings(expression, limit))
                .filter(posting -> DocumentNumber.field(posting) == DocumentNumber.Field.TEXT)
                .toArray();
    }

    /** Whether the list was read to its end. */
    boolean isComplete(Expression expression) {
        Read known = read.get(expression);
        return known != null && known.complete;
    }

    /**
     * Whether the list was read and is so short that intersecting it further would cost more than reading the memories.
     */
    boolean isShort(Expression expression) {
        Read known = read.get(expression);
        return known != null && known.complete && known.postings.length <= SHORT;
    }
}
