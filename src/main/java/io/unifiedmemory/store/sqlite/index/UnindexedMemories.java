package io.unifiedmemory.store.sqlite.index;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Bm25;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.Scores;
import io.unifiedmemory.store.LikePattern;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.MemoryRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The memories of one user that the index does not know as they are now, in one snapshot: those that are pending, and
 * those that a build has still to put in. After a large import that may be all of them, so a search reads no more into
 * the heap than it can look at:
 *
 * <ul>
 *   <li>those that were stored or replaced last, so that whoever has just written finds that in every way;
 *   <li>those that contain the whole query;
 *   <li>those that have the most of its words, as far as SQL can tell, see {@link LikePattern#ofWords}.
 * </ul>
 *
 * <p>For the last two SQLite goes through the texts, which takes it some tenths of a microsecond for each. Serves one
 * search on one thread.
 */
public final class UnindexedMemories {

    /** The number of memories that are read of each kind, unless more hits are wanted: one call stores no more. */
    public static final int MOST = 500;

    /** A user with no more memories than that is searched without the index while a build has not put all of them in. */
    private static final int FEW = 1_000;

    /** The number of characters after which no more of a kind are read. */
    private static final int MOST_CHARS = 500_000;

    /** The starts of words that are looked for; each costs a pass through the texts. */
    private static final int MOST_STARTS = 6;

    /** Of a more frequent word only the latest memories count, as in the index. */
    private static final int MOST_PER_START = 5_000;

    private static final String PENDING = " FROM search_pending p CROSS JOIN memory m ON m.id = p.id"
            + " AND m.user_id = p.user_id WHERE p.user_id = ?1 AND p.live = 1";

    /** The list has what a memory was only where it was replaced. */
    private static final String REPLACED = PENDING + " AND p.gone_value IS NOT NULL";

    private static final String EVERY = " FROM memory m WHERE m.user_id = ?1";

    private static final String PENDING_OR_UNBUILT =
            EVERY + " AND (NOT EXISTS (SELECT 1 FROM search_entry WHERE id = m.id)"
                    + " OR EXISTS (SELECT 1 FROM search_pending WHERE user_id = ?1 AND live = 1 AND id = m.id))";

    private static final String LIKE = " LIKE ?2 ESCAPE '" + LikePattern.ESCAPE + "'";

    /** SQLite's LIKE reads a text up to its first NUL, so every text with one is a candidate. */
    private static final String MAY_CONTAIN =
            " AND (m.key" + LIKE + " OR m.value" + LIKE + " OR instr(m.key, char(0)) OR instr(m.value, char(0)))";

    private static final String HAVING = " AND (m.value" + LIKE + " OR m.key" + LIKE + " OR m.metadata" + LIKE + ")";

    private static final String UPDATED_LAST = " ORDER BY m.updated_at DESC, m.version DESC";

    private static final String LAST_NUMBER_FIRST = " ORDER BY m.id DESC";

    private static final String BY_ID = "SELECT " + MemoryRow.COLUMNS + " FROM memory WHERE id = ?1";

    private final Handle handle;
    private final String userId;
    private final boolean covered;
    private final String from;
    private final String storedLast;
    private final Map<Long, MemoryEntry> found = new TreeMap<>();
    /** The number of characters that may still be read of a kind. */
    private int room;

    /** @param covered whether no memory of the user has still to be built in */
    public UnindexedMemories(Handle handle, String userId, boolean covered) {
        this.handle = handle;
        this.userId = userId;
        this.covered = covered;
        this.from = covered ? PENDING : PENDING_OR_UNBUILT;
        // By the number in the list SQLite goes through it backwards, and sorts nothing.
        this.storedLast = covered ? " ORDER BY p.id DESC" : LAST_NUMBER_FIRST;
    }

    /**
     * What a search has to look at beside the index.
     *
     * @param byId in the order in which they were first stored
     * @param all whether that is all that the index does not know
     * @param withIndexed whether it is all that the index knows as well
     */
    public record Found(Map<Long, MemoryEntry> byId, boolean all, boolean withIndexed) {}

    /** Finds it. To be called once. */
    public Found find(SearchRequest request, Query query) throws SQLException {
        if (!covered && addAll(EVERY + LAST_NUMBER_FIRST, FEW)) {
            return new Found(found, true, true);
        }
        found.clear();
        if (addAll(from + storedLast, MOST)) {
            return new Found(found, true, false);
        }
        addAll(REPLACED + " ORDER BY m.version DESC", MOST);
        List<String> parts = LikePattern.ofWords(query, MOST_STARTS);
        boolean byTime = request.order() == SearchOrder.RECENCY;
        String order = byTime ? UPDATED_LAST : storedLast;
        addFirst(MAY_CONTAIN + order, LikePattern.of(query.folded()), request, query::isContainedIn);
        if (byTime) {
            for (String part : parts) {
                addFirst(HAVING + order, part, request, entry -> true);
            }
        } else {
            addBest(parts, request.filter());
        }
        return new Found(found, false, false);
    }

    /** Adds the first ones; returns whether that is all. */
    private boolean addAll(String from, int most) throws SQLException {
        room = MOST_CHARS;
        long[] ids = ids(from, most + 1, null);
        for (int i = 0; i < ids.length; i++) {
            if (i == most || room <= 0) {
                return false;
            }
            add(ids[i], entry -> true);
        }
        return true;
    }

    /** Adds as many as the request asks for of those that a condition with a pattern selects. */
    private void addFirst(String condition, String pattern, SearchRequest request, Predicate<MemoryEntry> accepts)
            throws SQLException {
        room = MOST_CHARS;
        int left = request.limit();
        try (ResultSet rows = handle.query("SELECT m.id" + from + condition, userId, pattern)) {
            while (left > 0 && room > 0 && rows.next()) {
                boolean added = add(
                        rows.getLong(1),
                        entry -> accepts.test(entry) && request.filter().accepts(entry));
                left -= added ? 1 : 0;
            }
        }
    }

    /** Adds those that have the most and the rarest of these parts. */
    private void addBest(List<String> patterns, SearchFilter filter) throws SQLException {
        room = MOST_CHARS;
        Scores scores = new Scores();
        int most = filter.isNone() ? MOST_PER_START : Integer.MAX_VALUE;
        long unindexed = patterns.isEmpty() ? 0 : handle.number("SELECT count(*)" + from, userId);
        for (String pattern : patterns) {
            long[] having = ids(from + HAVING + storedLast, most, pattern);
            double rarity = Bm25.rarity(unindexed, having.length);
            Scores ofPattern = new Scores();
            Arrays.stream(having).forEach(id -> ofPattern.add(id, rarity));
            ofPattern.addTo(scores);
        }
        long[] best = scores.best(filter.isNone() ? MOST : scores.size());
        int left = MOST;
        for (int i = 0; i < best.length && left > 0 && room > 0; i++) {
            left -= add(best[i], filter::accepts) ? 1 : 0;
        }
    }

    private long[] ids(String from, int most, @Nullable String pattern) throws SQLException {
        LongStream.Builder ids = LongStream.builder();
        try (ResultSet rows = handle.query("SELECT m.id" + from + " LIMIT ?3", userId, pattern, most)) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids.build().toArray();
    }

    /** Adds a memory if it can be read and is acceptable; returns whether that is so. */
    private boolean add(long id, Predicate<MemoryEntry> accepts) throws SQLException {
        MemoryEntry before = found.get(id);
        if (before != null) {
            return accepts.test(before);
        }
        try (ResultSet row = handle.query(BY_ID, id)) {
            MemoryEntry entry = row.next() ? MemoryRow.readable(row, userId) : null;
            if (entry == null || !accepts.test(entry)) {
                return false;
            }
            found.put(id, entry);
            room -= entry.value().length();
            return true;
        }
    }
}
