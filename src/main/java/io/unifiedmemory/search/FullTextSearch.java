package io.unifiedmemory.search;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds one user's memories by text: first those that contain the whole query ({@link Containing}), then those that
 * match a part of it, both by their scores ({@link Ranking}). Serves one search; not thread-safe.
 *
 * @param <E> the exception with which reading fails
 */
public final class FullTextSearch<E extends Exception> {

    /** The limit on postings of a frequent word, which bounds the work for a query. */
    private static final int MOST_PER_WORD = 5_000;

    /** Memories that are announced to their reader at once; each may be long. */
    private static final int MOST_AHEAD = 100;

    private final IndexReader<E> index;
    private final MemoryReader<E> memories;
    private final SearchRequest request;
    private final Query query;
    private final PostingLists<E> lists;
    private final Ranking<E> ranking;
    private final Containing<E> containing;
    /** Whether hits may be filtered or reordered, so that the best ones alone are not enough. */
    private final boolean everything;

    private final HitList hits;

    /**
     * Prepares a search.
     *
     * @param query the query, not empty
     */
    public FullTextSearch(IndexReader<E> index, MemoryReader<E> memories, SearchRequest request, Query query) {
        this(index, memories, request, query, null);
    }

    /**
     * The same with what a model says of the best hits.
     *
     * @param likeness null without a model
     */
    public FullTextSearch(
            IndexReader<E> index,
            MemoryReader<E> memories,
            SearchRequest request,
            Query query,
            @Nullable Likeness<E> likeness) {
        this.index = index;
        this.memories = memories;
        this.request = request;
        this.hits = new HitList(request);
        this.query = query;
        this.everything =
                request.order() != SearchOrder.RELEVANCE || !request.filter().isNone();
        this.lists = new PostingLists<>(index);
        this.ranking = new Ranking<>(index, lists, query, mostPerWord(), likeness);
        this.containing = new Containing<>(index, lists, query);
    }

    private int mostPerWord() {
        return everything ? Integer.MAX_VALUE : MOST_PER_WORD;
    }

    /** Returns the hits in the order that was asked for. Call this once. */
    public List<Hit> hits() throws E {
        List<Expression> expected = new ArrayList<>(ranking.expected());
        expected.addAll(containing.expected());
        index.expect(expected, containing.expectedEdges());
        Scores scores = ranking.scores();
        addContaining(scores, mostPerWord());
        addRanked(scores);
        return hits.inOrder();
    }

    private void addContaining(Scores scores, int most) throws E {
        Containing.Candidates candidates = containing.candidates(most);
        if (candidates == null) {
            memories.scan(query, id -> {
                addIfContaining(id, 0);
                return !hits.isEnough();
            });
            return;
        }
        Scores ordered = new Scores();
        for (long document : candidates.documents()) {
            ordered.add(document, scores.get(document));
        }
        Ahead ahead = new Ahead();
        int looked = 0;
        // Selecting the best few is faster than sorting everything, and a few are enough most of the time.
        for (int look = request.limit(); looked < ordered.size() && !hits.isEnough(); look *= 4) {
            long[] best = ordered.best(look);
            for (; looked < best.length && !hits.isEnough(); looked++) {
                ahead.reach(looked, best);
                addIfContaining(DocumentNumber.id(best[looked]), ordered.get(best[looked]));
            }
        }
        if (!candidates.complete() && !hits.isEnough()) {
            addContaining(scores, Integer.MAX_VALUE);
        }
    }

    private void addIfContaining(long id, double score) throws E {
        MemoryEntry entry = hits.has(id) ? null : memories.loadIfContaining(id, query);
        if (entry != null && request.filter().accepts(entry)) {
            hits.add(id, new Hit(entry, true, score));
        }
    }

    /**
     * Adds hits by score. The index may still know deleted memories, so more hits than asked for may have to be read.
     */
    private void addRanked(Scores scores) throws E {
        Ahead ahead = new Ahead();
        int looked = 0;
        for (int look = request.limit() + hits.size(); looked < scores.size() && !hits.isEnough(); look *= 4) {
            long[] best = scores.best(everything ? scores.size() : look);
            for (; looked < best.length && !hits.isEnough(); looked++) {
                ahead.reach(looked, best);
                long id = DocumentNumber.id(best[looked]);
                MemoryEntry entry = hits.has(id) ? null : memories.load(id);
                if (entry != null && request.filter().accepts(entry)) {
                    hits.add(
                            id,
                            new Hit(
                                    entry,
                                    query.isContainedIn(entry),
                                    scores.get(best[looked]),
                                    ranking.isByMeaning(best[looked])));
                }
            }
        }
    }

    /** Announces the memories of the best documents, at first as many as hits are missing, then more and more. */
    private final class Ahead {

        private int next;
        private int some = request.order() == SearchOrder.RELEVANCE
                ? Math.min(MOST_AHEAD, request.limit() - hits.size())
                : MOST_AHEAD;

        /** To be called with each place in turn, before its memory is loaded. */
        void reach(int place, long[] best) throws E {
            if (place < next) {
                return;
            }
            next = Math.min(best.length, place + some);
            some = Math.min(MOST_AHEAD, 2 * some);
            memories.expect(Arrays.stream(best, place, next)
                    .map(DocumentNumber::id)
                    .filter(id -> !hits.has(id))
                    .toArray());
        }
    }
}
