package io.unifiedmemory.search;

import io.unifiedmemory.search.Expression.Kind;
import io.unifiedmemory.search.Expression.Term;
import io.unifiedmemory.search.text.Analyzer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds candidates that may contain the whole query, as far as the words of the query allow it. Every memory that
 * contains the query is among the candidates; {@link Query#isContainedIn} decides. Serves one search.
 */
final class Containing<E extends Exception> {

    /** The most words that an edge of the query may belong to; with more, reading all texts is no slower. */
    private static final int MOST_WORDS_AT_EDGE = 200;

    private final IndexReader<E> index;
    private final PostingLists<E> lists;
    private final Query query;

    Containing(IndexReader<E> index, PostingLists<E> lists, Query query) {
        this.index = index;
        this.lists = lists;
        this.query = query;
    }

    /** The terms that are read for certain. */
    List<Expression> expected() {
        return query.inner().stream().map(Expression::stem).toList();
    }

    /** The edges at which the index is asked for words for certain. */
    List<Query.Edge> expectedEdges() {
        boolean asks = query.inner().isEmpty() && query.edges().stream().noneMatch(Query.Edge::mayBeStopWord);
        return asks ? query.edges() : List.of();
    }

    /**
     * Documents that may contain the query.
     *
     * @param complete whether all documents that contain it are among them; otherwise they are the latest
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Candidates(long[] documents, boolean complete) {}

    /**
     * The documents among which are all that contain the query; null when the index cannot tell.
     *
     * @param most the limit on postings; when there are more, only the latest are read
     */
    @Nullable
    Candidates candidates(int most) throws E {
        List<Expression> required = new ArrayList<>();
        query.inner().forEach(stem -> required.add(Expression.stem(stem)));
        if (required.isEmpty()) {
            for (Query.Edge edge : query.edges()) {
                // A stop word is not in the index, and an edge of the query may be a part of one.
                List<String> words = edge.mayBeStopWord() ? null : index.surfacesAt(edge, MOST_WORDS_AT_EDGE);
                if (words == null) {
                    return null;
                }
                if (words.isEmpty()) {
                    return new Candidates(new long[0], true);
                }
                required.add(anyOf(words));
            }
        }
        if (required.isEmpty()) {
            return null;
        }
        Expression expression = Expression.allOf(required);
        long[] documents = lists.documents(expression, most);
        return new Candidates(documents, lists.isComplete(expression));
    }

    /** An expression for one of these words, preferably one that was read before. */
    private Expression anyOf(List<String> words) {
        if (words.size() == 1) {
            Expression stem =
                    new Term(Kind.STEM, Analyzer.tokens(words.get(0)).get(0).term());
            if (lists.isShort(stem)) {
                return stem;
            }
        }
        return Expression.anyOf(words.stream()
                .map(IndexedMemory::termOf)
                .distinct()
                .map(Expression.class::cast)
                .toList());
    }
}
