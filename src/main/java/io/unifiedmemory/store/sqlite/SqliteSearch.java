package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.SimilarMemory;
import io.unifiedmemory.search.FullTextSearch;
import io.unifiedmemory.search.IndexReader;
import io.unifiedmemory.search.Likeness;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.SimilarTexts;
import io.unifiedmemory.search.meaning.QueryMeaning;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.search.segment.HeldMemories;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.index.IndexBuild;
import io.unifiedmemory.store.sqlite.index.Indexer;
import io.unifiedmemory.store.sqlite.index.PendingList;
import io.unifiedmemory.store.sqlite.index.SearchIndex;
import io.unifiedmemory.store.sqlite.index.UnindexedMemories;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches the database file, whatever the state of its index: recent writes are indexed first if that can be done
 * soon, otherwise they are searched in an index that lives as long as the call; so are the memories of a user that an
 * index build has not reached yet. Of more than {@link UnindexedMemories} reads the rest is found by its words. Thread-safe.
 */
final class SqliteSearch {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteSearch.class);

    /** How long a search works and waits for other writers to index recent writes; it can do without. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private static final String BEHIND = "the search index is taking up a large number of memories: until that is done,"
            + " all but the latest are found by their words alone";

    /** The pause before the index is written again after a write to it failed. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    /** Memories that the index does not know which are compared with a text. */
    private static final int MOST_PENDING = 64;

    private final SqliteDatabase database;
    private final SearchIndex index;
    private final IndexBuild build;
    private final PendingList pending;
    private final OutboxTexts texts;
    private final QueryVectors vectors;
    private final Indexer indexer;
    private volatile long failedNanos = System.nanoTime() - PAUSE_AFTER_FAILURE.toNanos();

    /** @param indexer is told when a search needs what the index does not cover yet */
    SqliteSearch(
            SqliteDatabase database,
            SearchIndex index,
            IndexBuild build,
            PendingList pending,
            OutboxTexts texts,
            QueryVectors vectors,
            Indexer indexer) {
        this.database = database;
        this.index = index;
        this.build = build;
        this.pending = pending;
        this.texts = texts;
        this.vectors = vectors;
        this.indexer = indexer;
    }

    /** The hits for a non-empty query, in the order that was asked for. */
    Hits search(SearchRequest request, Query query) {
        indexPending(request.userId());
        QueryMeaning meaning =
                request.order() == SearchOrder.RELEVANCE ? vectors.of(query.text()) : QueryMeaning.UNKNOWN;
        Found found = database.read(
                handle -> handle.snapshot(snapshot -> search(snapshot, request, query, meaning.vector())));
        return new Hits(found.hits, null, found.all ? meaning.problem() : note(meaning.problem()));
    }

    private static String note(@Nullable String problem) {
        return problem == null ? BEHIND : BEHIND + "; " + problem;
    }

    /** @param all whether every memory was looked at in every way */
    private record Found(List<Hit> hits, boolean all) {}

    private Found search(Handle snapshot, SearchRequest request, Query query, @Nullable QueryVector meant)
            throws SQLException {
        String userId = request.userId();
        boolean covered = build.covers(snapshot, userId);
        if (!covered) {
            indexer.start();
        }
        Map<Long, MemoryEntry> inOutbox = texts.byNumber(snapshot, userId);
        if (covered && inOutbox.isEmpty() && !pending.hidesAny(snapshot, userId)) {
            return new Found(hits(snapshot, request, query, Set.of(), false, meant), true);
        }
        UnindexedMemories.Found unindexed = new UnindexedMemories(snapshot, userId, covered).find(request, query);
        Map<Long, MemoryEntry> held = new LinkedHashMap<>(unindexed.byId());
        held.putAll(inOutbox);
        List<Hit> latest = new HeldMemories(held.values()).search(request, query);
        return unindexed.withIndexed()
                ? new Found(latest, true)
                : new Found(
                        together(latest, hits(snapshot, request, query, inOutbox.keySet(), true, meant), request),
                        unindexed.all());
    }

    /** Memories whose texts are nearly that of one. */
    List<SimilarMemory> similar(MemoryEntry memory, int limit, Duration within) {
        BooleanSupplier stop = SimilarTexts.after(within);
        String userId = memory.userId();
        return database.read(handle -> handle.snapshot(snapshot -> new SimilarTexts<>(
                        index.reader(snapshot, userId), index.memories(snapshot, userId, Set.of(), false))
                .to(memory, pending.hidden(snapshot, userId, MOST_PENDING), limit, stop)));
    }

    /**
     * @param without ids of memories to skip
     * @param indexed whether to skip those as well that the index does not know as they are now
     * @param meant what the query means; null when that is not known
     */
    private List<Hit> hits(
            Handle snapshot,
            SearchRequest request,
            Query query,
            Set<Long> without,
            boolean indexed,
            @Nullable QueryVector meant)
            throws SQLException {
        IndexReader<SQLException> reader = index.reader(snapshot, request.userId());
        if (reader == null) {
            return List.of();
        }
        return new FullTextSearch<>(
                        reader,
                        index.memories(snapshot, request.userId(), without, indexed),
                        request,
                        query,
                        likeness(snapshot, meant))
                .hits();
    }

    private static @Nullable Likeness<SQLException> likeness(Handle snapshot, @Nullable QueryVector meant)
            throws SQLException {
        long model = meant == null ? SqliteVectors.NONE : SqliteVectors.number(snapshot, meant.model());
        return meant == null || model == SqliteVectors.NONE
                ? null
                : new SqliteLikeness(snapshot, model, meant.values());
    }

    /** Indexes recent writes if that can be done soon; in a read-only file it cannot. Many are left to the indexer. */
    private void indexPending(String userId) {
        boolean more = database.<Boolean>read(handle -> pending.hidesAny(handle, userId))
                && System.nanoTime() - failedNanos >= PAUSE_AFTER_FAILURE.toNanos();
        if (more && database.<Boolean>read(handle -> pending.hidesMore(handle, userId, UnindexedMemories.MOST))) {
            indexer.missed();
            return;
        }
        long start = System.nanoTime();
        try {
            while (more && System.nanoTime() - start < PATIENCE.toNanos()) {
                more = database.<Boolean>write(tx -> pending.step(tx, userId), PATIENCE);
            }
        } catch (BackendException e) {
            LOG.debug("the search index cannot be written now: {}", e.describe());
            failedNanos = System.nanoTime();
        }
    }

    /** Merges two rankings whose scores cannot be compared: in turn, after the hits that contain the whole query. */
    private static List<Hit> together(List<Hit> latest, List<Hit> others, SearchRequest request) {
        List<Hit> inTurn = new ArrayList<>();
        for (int i = 0; i < Math.max(latest.size(), others.size()); i++) {
            if (i < latest.size()) {
                inTurn.add(latest.get(i));
            }
            if (i < others.size()) {
                inTurn.add(others.get(i));
            }
        }
        if (request.order() != SearchOrder.RELEVANCE) {
            return inTurn.stream()
                    .sorted(Comparator.comparing(Hit::entry, SearchOrder.NEWEST_FIRST))
                    .limit(request.limit())
                    .toList();
        }
        Set<Hit> together =
                inTurn.stream().filter(Hit::containsQuery).collect(Collectors.toCollection(LinkedHashSet::new));
        together.addAll(inTurn);
        return together.stream().limit(request.limit()).toList();
    }
}
