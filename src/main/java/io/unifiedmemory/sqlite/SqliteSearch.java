package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.text.Query;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds memories by text: first those that contain the whole query ({@link Containing}), then those that have something
 * of it, both by their scores ({@link Ranking}). Stateless.
 */
final class SqliteSearch {

    /** Memories of a frequent word that count, so that the work for a query is bounded. */
    private static final int MOST_PER_WORD = 5_000;

    /** The number of a memory that is gone may have become another user's. */
    private static final String BY_ID = "SELECT " + MemoryTable.COLUMNS + " FROM memory WHERE id = ?1 AND user_id = ?2";

    private final SearchIndex index;
    private final Containing containing;

    SqliteSearch(SearchIndex index) {
        this.index = index;
        this.containing = new Containing(index.dictionary());
    }

    /**
     * The hits for a query that is not empty, in the order that is asked for. To be called in a snapshot.
     *
     * @param without numbers of memories that are passed over
     */
    List<MemoryEntry> search(Session session, SearchRequest request, Query query, Set<Long> without)
            throws SQLException {
        SearchIndex.User user = index.user(session, request.userId());
        return user == null || user.entries() == 0 ? List.of() : new Run(session, request, query, user, without).hits();
    }

    /** One search. */
    private final class Run {

        private final Session session;
        private final SearchRequest request;
        private final Query query;
        private final SearchIndex.User user;
        private final Set<Long> without;
        private final boolean everything;
        private final Map<Long, MemoryEntry> hits = new LinkedHashMap<>();

        Run(Session session, SearchRequest request, Query query, SearchIndex.User user, Set<Long> without) {
            this.session = session;
            this.request = request;
            this.query = query;
            this.user = user;
            this.without = without;
            this.everything = request.order() != SearchOrder.RELEVANCE
                    || !request.filter().equals(SearchFilter.NONE);
        }

        List<MemoryEntry> hits() throws SQLException {
            HitLists lists = new HitLists(session);
            int mostPerWord = everything ? Integer.MAX_VALUE : MOST_PER_WORD;
            Scores scores = new Ranking(session, index, lists, user, query, mostPerWord).scores();
            addContaining(lists, scores, mostPerWord);
            addRanked(scores);
            return request.order() == SearchOrder.RELEVANCE
                    ? List.copyOf(hits.values())
                    : hits.values().stream()
                            .sorted(SearchOrder.NEWEST_FIRST)
                            .limit(request.limit())
                            .toList();
        }

        private boolean isEnough() {
            return request.order() == SearchOrder.RELEVANCE && hits.size() >= request.limit();
        }

        private void addContaining(HitLists lists, Scores scores, int most) throws SQLException {
            Containing.Candidates candidates = containing.candidates(session, lists, user, query, most);
            if (candidates == null) {
                Containing.scan(session, request.userId(), query, id -> {
                    addIfContaining(id);
                    return !isEnough();
                });
                return;
            }
            Scores ordered = new Scores();
            for (long document : candidates.documents()) {
                ordered.add(document, scores.get(document));
            }
            int looked = 0;
            for (int look = request.limit(); looked < ordered.size() && !isEnough(); look *= 4) {
                long[] best = ordered.best(look);
                for (; looked < best.length && !isEnough(); looked++) {
                    addIfContaining(DocumentId.id(best[looked]));
                }
            }
            if (!candidates.complete() && !isEnough()) {
                addContaining(lists, scores, Integer.MAX_VALUE);
            }
        }

        private void addIfContaining(long id) throws SQLException {
            MemoryEntry entry = hits.containsKey(id) ? null : load(id);
            if (entry != null
                    && Containing.test(entry, query)
                    && request.filter().accepts(entry)) {
                hits.put(id, entry);
            }
        }

        /** Of memories that are gone the index may know still; so there may have to be looked further. */
        private void addRanked(Scores scores) throws SQLException {
            int looked = 0;
            for (int look = request.limit() + hits.size(); looked < scores.size() && !isEnough(); look *= 4) {
                long[] best = scores.best(everything ? scores.size() : look);
                for (; looked < best.length && !isEnough(); looked++) {
                    long id = DocumentId.id(best[looked]);
                    MemoryEntry entry = hits.containsKey(id) ? null : load(id);
                    if (entry != null && request.filter().accepts(entry)) {
                        hits.put(id, entry);
                    }
                }
            }
        }

        private @Nullable MemoryEntry load(long id) throws SQLException {
            if (without.contains(id)) {
                return null;
            }
            try (ResultSet row = session.query(BY_ID, id, request.userId())) {
                return row.next() ? MemoryTable.readable(row, request.userId()) : null;
            }
        }
    }
}
