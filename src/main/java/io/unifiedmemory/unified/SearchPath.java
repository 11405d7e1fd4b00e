package io.unifiedmemory.unified;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.Hits;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.text.CaseFolding;
import io.unifiedmemory.unified.SearchResult.Hit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How the hits of many backends become one ranking. All are asked at once; when the local database has answered, the
 * others have a short time left, so that none of them delays what is known here. Of what they say only that counts which
 * is an answer to the question. Thread-safe.
 */
final class SearchPath {

    /** So many hits of each backend are fused at least: who is first in several rankings must be seen in them. */
    private static final int LEAST_FUSED = 25;

    /** More hits than that are not looked through for those that earlier pages did not show. */
    private static final int MOST_FETCHED = 10_000;

    private final Slots slots;
    private final FanOut fanOut;
    private final LocalVeto veto;
    private final SearchOptions options;

    SearchPath(Slots slots, FanOut fanOut, LocalVeto veto, SearchOptions options) {
        this.slots = slots;
        this.fanOut = fanOut;
        this.veto = veto;
        this.options = options;
    }

    /** The next hits behind those that were seen. */
    SearchResult search(SearchRequest request, Seen seen) {
        List<Slot> asked = slots.enabledWith(Capability.SEARCH);
        int needed = request.limit() + seen.count() + 1;
        int fetched = asked.size() > 1 ? Math.max(needed, LEAST_FUSED) : needed;
        while (true) {
            Answers<List<MemoryEntry>> answers = ask(asked, request, fetched);
            List<Hit> hits = ranking(request, answers.values()).stream()
                    .filter(hit -> !seen.covers(hit.entry()))
                    .toList();
            boolean hasMore = hits.size() > request.limit();
            if (hasMore || !mayHaveMore(answers.values(), fetched) || fetched >= MOST_FETCHED) {
                int end = Math.min(hits.size(), request.limit());
                return new SearchResult(hits.subList(0, end), hasMore, answers.problems());
            }
            fetched = Math.min(MOST_FETCHED, 4 * fetched);
        }
    }

    private Answers<List<MemoryEntry>> ask(List<Slot> asked, SearchRequest request, int limit) {
        SearchRequest wider =
                new SearchRequest(request.userId(), request.query(), limit, request.order(), request.filter());
        Answers<List<MemoryEntry>> answers = fanOut.askAll(asked, backend -> backend.find(wider), options.patience())
                .with(hits -> plausible(hits.entries(), wider), Hits::problem);
        if (answers.values().isEmpty()) {
            throw Slots.nobody("search", answers);
        }
        return answers;
    }

    /** What can be a hit: of this user, accepted by the filter, each key once, and no more than were asked for. */
    private static List<MemoryEntry> plausible(List<MemoryEntry> found, SearchRequest request) {
        Set<String> keys = new HashSet<>();
        return found.stream()
                .filter(entry -> entry.userId().equals(request.userId()))
                .filter(request.filter()::accepts)
                .filter(entry -> keys.add(entry.key()))
                .limit(request.limit())
                .toList();
    }

    /** Who knows more than it was asked for: the local database decides, because it knows most and answers at once. */
    private boolean mayHaveMore(Map<Slot, List<MemoryEntry>> found, int limit) {
        List<MemoryEntry> local = slots.local().map(found::get).orElse(null);
        return local != null
                ? local.size() == limit
                : found.values().stream().anyMatch(entries -> entries.size() == limit);
    }

    private List<Hit> ranking(SearchRequest request, Map<Slot, List<MemoryEntry>> found) {
        RankFusion fusion = new RankFusion();
        found.forEach((slot, entries) ->
                fusion.add(slot.name(), slot.isLocal() ? 1 : RankFusion.OTHERS, veto.current(slot, entries, found)));
        String query = request.query();
        return query == null || request.order() == SearchOrder.RECENCY
                ? fusion.newestFirst()
                : fusion.bestFirst(contains(query));
    }

    private static Predicate<MemoryEntry> contains(String query) {
        String folded = CaseFolding.fold(query);
        return entry -> CaseFolding.fold(entry.key()).contains(folded)
                || CaseFolding.fold(entry.value()).contains(folded);
    }
}
