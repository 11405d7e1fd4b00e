package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.unified.calls.Answers;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.reads.SearchResult.FusedHit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Makes one ranking out of the hits of many backends. All are asked at once. When the store of record has answered, the
 * others have a short time left, so that a slow one does not delay what is already known. Hits that are no answer to
 * the question are dropped. Thread-safe.
 */
public final class SearchPath {

    /**
     * The least number of hits of each backend to fuse: an entry that is high in several rankings must be seen in all
     * of them.
     */
    private static final int LEAST_FUSED = 25;

    /** The largest number of hits that are searched for those that earlier pages did not show. */
    private static final int MOST_FETCHED = 10_000;

    private static final String UNHEARD = "has more than " + MOST_FETCHED
            + " hits, nearly all of them deleted or replaced since, or shown before (narrow the search down)";

    private final Backends backends;
    private final SearchOptions options;

    public SearchPath(Backends backends, SearchOptions options) {
        this.backends = backends;
        this.options = options;
    }

    /** The next hits after those that were shown. */
    public SearchResult search(SearchRequest request, AlreadyShown seen) {
        List<BackendHandle> asked = backends.handles().enabledWith(Capability.SEARCH);
        int needed = request.limit() + seen.count() + 1;
        int fetched = asked.size() > 1 ? Math.max(needed, LEAST_FUSED) : needed;
        List<OutboxEntry> before = backends.owedBefore(request.userId());
        while (true) {
            SearchRequest wider =
                    new SearchRequest(request.userId(), request.query(), fetched, request.order(), request.filter());
            Answers<Hits> found = ask(asked, wider);
            Answers<List<Hit>> answers = found.with(hits -> plausible(hits.hits(), wider), Hits::problem);
            List<FusedHit> hits = ranking(request, before, answers).stream()
                    .filter(hit -> !hit.entry().isExpired(backends.clock()) && !seen.covers(hit.entry()))
                    .sorted((one, other) -> Boolean.compare(seen.maybeNew(one.entry()), seen.maybeNew(other.entry())))
                    .toList();
            boolean fills = hits.size() > request.limit()
                    && !seen.maybeNew(hits.get(request.limit()).entry());
            List<BackendHandle> unheard = unheard(answers.values(), fetched);
            if (fills || unheard.isEmpty() || fetched >= MOST_FETCHED) {
                return result(hits, request.limit(), seen, unheard, answers, notes(found));
            }
            fetched = Math.min(MOST_FETCHED, 4 * fetched);
        }
    }

    private static SearchResult result(
            List<FusedHit> hits,
            int limit,
            AlreadyShown seen,
            List<BackendHandle> unheard,
            Answers<List<Hit>> answers,
            List<String> notes) {
        int end = Math.min(hits.size(), limit);
        List<MemoryEntry> rest =
                hits.subList(end, hits.size()).stream().map(FusedHit::entry).toList();
        if (rest.isEmpty()) {
            unheard.forEach(handle -> answers.gaps().put(handle.name(), UNHEARD));
        }
        // Memories that may be new are at the end, so the first of the rest tells about all of it.
        boolean closing =
                unheard.isEmpty() && answers.problems().isEmpty() && !rest.isEmpty() && seen.maybeNew(rest.get(0));
        return new SearchResult(hits.subList(0, end), rest, closing, answers.problems(), notes);
    }

    private Answers<Hits> ask(List<BackendHandle> asked, SearchRequest request) {
        Answers<Hits> answers = backends.fanOut().askAll(asked, backend -> backend.search(request), options.patience());
        if (answers.values().isEmpty()) {
            throw BackendHandles.nobody("search", answers);
        }
        answers.gaps().putAll(backends.handles().unable(Capability.SEARCH));
        return answers;
    }

    private static List<String> notes(Answers<Hits> found) {
        return found.values().values().stream()
                .map(Hits::note)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** The acceptable hits: of this user, accepted by the filter, each key once, and no more than were asked for. */
    private static List<Hit> plausible(List<Hit> found, SearchRequest request) {
        Set<String> keys = new HashSet<>();
        return found.stream()
                .filter(hit -> hit.entry().userId().equals(request.userId()))
                .filter(hit -> request.filter().accepts(hit.entry()))
                .filter(hit -> keys.add(hit.entry().key()))
                .limit(request.limit())
                .toList();
    }

    /**
     * The backends that may have more hits than they were asked for: none of the hits that they returned may be left
     * over.
     */
    private static List<BackendHandle> unheard(Map<BackendHandle, List<Hit>> found, int limit) {
        return found.entrySet().stream()
                .filter(answer -> answer.getValue().size() == limit)
                .map(Map.Entry::getKey)
                .toList();
    }

    private List<FusedHit> ranking(SearchRequest request, List<OutboxEntry> before, Answers<List<Hit>> answers) {
        Map<BackendHandle, List<MemoryEntry>> entries = new LinkedHashMap<>();
        answers.values()
                .forEach((handle, hits) ->
                        entries.put(handle, hits.stream().map(Hit::entry).toList()));
        StaleReadFilter stale = new StaleReadFilter(backends, request.userId(), before, entries, answers);
        RankFusion fusion = new RankFusion();
        answers.values()
                .forEach((handle, hits) -> fusion.add(
                        handle.name(),
                        handle.isPrimary() ? 1 : RankFusion.OTHERS,
                        hits.stream()
                                .filter(hit -> stale.isCurrent(handle, hit.entry()))
                                .toList(),
                        handle.isSource()));
        return request.query() == null || request.order() == SearchOrder.RECENCY
                ? fusion.newestFirst()
                : fusion.bestFirst();
    }
}
