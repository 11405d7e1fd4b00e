package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.SearchText;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.SimilarMemory;
import io.unifiedmemory.search.FullTextSearch;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.SimilarTexts;
import io.unifiedmemory.search.meaning.QueryMeaning;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.search.segment.DamagedSegmentException;
import io.unifiedmemory.search.segment.LiveSegments;
import io.unifiedmemory.search.segment.PageCache;
import io.unifiedmemory.search.segment.Segment;
import io.unifiedmemory.store.NewestMemories;
import io.unifiedmemory.store.postgres.db.MemoryRow;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Session;
import io.unifiedmemory.store.postgres.index.MemoryNeighbours;
import io.unifiedmemory.store.postgres.index.PendingTable;
import io.unifiedmemory.store.postgres.index.SegmentPages;
import io.unifiedmemory.store.postgres.index.SegmentTable;
import io.unifiedmemory.store.postgres.index.SegmentWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Searches one user's memories. Thread-safe. */
final class PostgresSearch {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresSearch.class);

    /** Rows of the most recently updated memories that are read at a time. */
    private static final int ROWS = 200;

    /** Memories that a search reads itself because no segment knows them yet. */
    private static final int MOST_PENDING = 64;

    /** Of more than that, a search that cannot index them reads this many of the latest, and of those that match. */
    private static final int MOST_READ = 500;

    private static final String BEHIND = "the search index is taking up a large number of memories: until that is done,"
            + " all but the latest are found by their words alone";

    /** Steps of indexing that a search takes before it reads a part of what is pending. */
    private static final int MOST_STEPS = 20;

    /** The pause before a search writes the index again after it could not. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final PostgresDatabase database;
    private final SegmentWork work;
    private final PageCache cache;
    private final QueryVectors vectors;
    private volatile long failedNanos = System.nanoTime() - PAUSE_AFTER_FAILURE.toNanos();

    PostgresSearch(PostgresDatabase database, SegmentWork work, PageCache cache, QueryVectors vectors) {
        this.database = database;
        this.work = work;
        this.cache = cache;
        this.vectors = vectors;
    }

    Hits search(SearchRequest request) {
        SearchText text = request.query();
        if (text == null) {
            return Hits.of(request, newest(request));
        }
        Query query = Query.of(text);
        QueryMeaning meaning =
                request.order() == SearchOrder.RELEVANCE ? vectors.of(query.text()) : QueryMeaning.UNKNOWN;
        UUID owner = Owners.of(request.userId());
        boolean mayIndex = System.nanoTime() - failedNanos >= PAUSE_AFTER_FAILURE.toNanos();
        boolean wasDamaged = false;
        for (int steps = 1; ; steps++) {
            boolean indexesFirst = mayIndex && steps <= MOST_STEPS;
            try {
                Optional<Found> found =
                        database.run(session -> search(session, owner, request, query, meaning.vector(), indexesFirst));
                if (found.isPresent()) {
                    return new Hits(
                            found.get().hits, null, found.get().all ? meaning.problem() : note(meaning.problem()));
                }
                mayIndex = indexOneStep(owner);
            } catch (DamagedSegmentException e) {
                if (wasDamaged) {
                    throw e;
                }
                wasDamaged = true;
                LOG.warn("{}; that begins now", e.getMessage());
                work.forget(owner);
            }
        }
    }

    private static String note(@Nullable String problem) {
        return problem == null ? BEHIND : BEHIND + "; " + problem;
    }

    /** @param all whether every memory was looked at in every way */
    private record Found(List<Hit> hits, boolean all) {}

    /**
     * Searches a snapshot: what is pending is its newest segment. Returns nothing where so much is pending that it should
     * be indexed first.
     *
     * @param meant what the query means; null when that is not known
     */
    private Optional<Found> search(
            Session session,
            UUID owner,
            SearchRequest request,
            Query query,
            @Nullable QueryVector meant,
            boolean indexesFirst)
            throws SQLException {
        int most = indexesFirst ? MOST_PENDING : MOST_READ;
        List<Result> results = session.beginSnapshot(SegmentTable.roots(owner), PendingTable.of(owner, most + 1));
        List<Row> pending = results.get(1).rows();
        boolean all = pending.size() <= most;
        if (!all && indexesFirst) {
            session.commit(List.of());
            return Optional.empty();
        }
        if (!all) {
            pending = new ArrayList<>();
            for (Result part : session.run(
                    PendingTable.latest(owner, MOST_READ),
                    PendingTable.matching(owner, query, Math.max(MOST_READ, request.limit())))) {
                pending.addAll(part.rows());
            }
        }
        List<Segment> segments = new ArrayList<>(SegmentTable.segments(results.get(0)));
        if (!pending.isEmpty()) {
            segments.add(Segment.inMemory(
                    PendingTable.segment(pending, request.userId()).build()));
        }
        LiveSegments<SQLException> live = new LiveSegments<>(segments, new SegmentPages(session, owner), cache);
        List<Hit> hits = live.entries() == 0
                ? List.of()
                : new FullTextSearch<>(
                                live.reader(new MemoryNeighbours(session, owner)),
                                new PostgresMemoryReader(session, owner, request.userId()),
                                request,
                                query,
                                meant == null ? null : new PostgresLikeness(session, owner, meant))
                        .hits();
        session.commit(List.of());
        return Optional.of(new Found(hits, all));
    }

    /** Memories whose texts are nearly that of one. */
    List<SimilarMemory> similar(MemoryEntry memory, int limit, Duration within) {
        BooleanSupplier stop = SimilarTexts.after(within);
        UUID owner = Owners.of(memory.userId());
        return database.run(session -> {
            List<Result> results =
                    session.beginSnapshot(SegmentTable.roots(owner), PendingTable.of(owner, MOST_PENDING));
            LiveSegments<SQLException> live =
                    new LiveSegments<>(SegmentTable.segments(results.get(0)), new SegmentPages(session, owner), cache);
            List<MemoryEntry> pending = results.get(1).rows().stream()
                    .map(row -> row.isNull(2) ? null : MemoryRow.readable(row, 2, memory.userId()))
                    .filter(Objects::nonNull)
                    .toList();
            List<SimilarMemory> similar = new SimilarTexts<>(
                            live.entries() == 0 ? null : live.reader(new MemoryNeighbours(session, owner)),
                            new PostgresMemoryReader(session, owner, memory.userId()))
                    .to(memory, pending, limit, stop);
            session.commit(List.of());
            return similar;
        });
    }

    /** A database that can only be read now is searched all the same; returns whether it was written. */
    private boolean indexOneStep(UUID owner) {
        try {
            work.index(owner);
            return true;
        } catch (BackendException e) {
            LOG.debug("the search index cannot be written now: {}", e.describe());
            failedNanos = System.nanoTime();
            return false;
        }
    }

    private List<MemoryEntry> newest(SearchRequest request) {
        UUID owner = Owners.of(request.userId());
        long maxChars = Runtime.getRuntime().maxMemory() / 8;
        return database.run(session -> {
            NewestMemories newest = new NewestMemories(request, maxChars);
            boolean more = true;
            session.beginSnapshot();
            for (int offset = 0; more; offset += ROWS) {
                List<Row> rows = session.run(MemoryTable.newest(owner, ROWS, offset))
                        .get(0)
                        .rows();
                for (int i = 0; i < rows.size() && newest.wantsMore(); i++) {
                    newest.take(MemoryRow.readable(rows.get(i), 1, request.userId()));
                }
                more = rows.size() == ROWS && newest.wantsMore();
            }
            session.commit(List.of());
            return newest.entries();
        });
    }
}
