package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.text.CaseFolding;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds memories by text. The index holds every three neighbouring code points of key and value, case folded by us, so
 * a phrase of trigrams is a substring. Hits are the entries that contain the whole query, then those that contain one
 * of its words, each by BM25. Stateless.
 */
final class SqliteSearch {

    /** Code points: what is shorter has no trigram. */
    private static final int SHORTEST_INDEXED = 3;

    /** Code points: of a longer query the beginning is looked up, and the rest compared. */
    private static final int LONGEST_PHRASE = 200;

    private static final int MOST_WORDS = 32;

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}\\p{M}]{3,}");

    /** Words that say what kind of sentence it is, not what it is about. */
    private static final Set<String> STOP_WORDS = Set.of(
            ("about all also and any are been being but can could did does doing don for from get got had has have her"
                            + " here him his how into its just like may might more most not now our out please she"
                            + " should some such tell than that the their them then there these they this those too"
                            + " was were what when where which who whom whose why will with would you your")
                    .split(" "));

    private static final String MATCHES = """
            SELECT m.id FROM memory_text f JOIN memory m ON m.id = f.rowid
            WHERE memory_text MATCH ?1 AND m.user_id = ?2
            ORDER BY f.rank, m.id DESC""";

    private static final String BY_ID = "SELECT " + MemoryTable.COLUMNS + " FROM memory WHERE id = ?1";

    /** Puts a memory into the index, in place of what was there under its id. */
    void index(Session tx, long id, String key, String value) throws SQLException {
        tx.update(
                "INSERT OR REPLACE INTO memory_text (rowid, key, value) VALUES (?1, ?2, ?3)",
                id,
                CaseFolding.fold(key),
                CaseFolding.fold(value));
    }

    void forget(Session tx, long id) throws SQLException {
        tx.update("DELETE FROM memory_text WHERE rowid = ?1", id);
    }

    /** The hits for a query that is not empty, best first. */
    List<MemoryEntry> search(Session session, SearchRequest request, String query) throws SQLException {
        String folded = CaseFolding.fold(query);
        int length = folded.codePointCount(0, folded.length());
        if (length < SHORTEST_INDEXED) {
            return scan(session, request, query);
        }
        String start = folded.substring(0, folded.offsetByCodePoints(0, Math.min(length, LONGEST_PHRASE)));
        Predicate<MemoryEntry> whole = entry -> length <= LONGEST_PHRASE
                || CaseFolding.fold(entry.key()).contains(folded)
                || CaseFolding.fold(entry.value()).contains(folded);
        String words = anyOf(wordsOf(folded));
        return session.snapshot(snapshot -> {
            Map<Long, MemoryEntry> hits = new LinkedHashMap<>();
            collect(snapshot, request, phrase(start), whole, hits);
            if (!words.isEmpty() && !words.equals(phrase(start))) {
                collect(snapshot, request, words, entry -> true, hits);
            }
            return request.order() == SearchOrder.RELEVANCE
                    ? List.copyOf(hits.values())
                    : hits.values().stream()
                            .sorted(SearchOrder.NEWEST_FIRST)
                            .limit(request.limit())
                            .toList();
        });
    }

    private static void collect(
            Session session,
            SearchRequest request,
            String expression,
            Predicate<MemoryEntry> accepted,
            Map<Long, MemoryEntry> hits)
            throws SQLException {
        int enough = request.order() == SearchOrder.RELEVANCE ? request.limit() : Integer.MAX_VALUE;
        try (ResultSet ids = session.query(MATCHES, expression, request.userId())) {
            while (hits.size() < enough && ids.next()) {
                long id = ids.getLong(1);
                if (!hits.containsKey(id)) {
                    MemoryEntry entry = load(session, id, request.userId());
                    if (accepted.test(entry) && request.filter().accepts(entry)) {
                        hits.put(id, entry);
                    }
                }
            }
        }
    }

    private static MemoryEntry load(Session session, long id, String userId) throws SQLException {
        try (ResultSet row = session.query(BY_ID, id)) {
            return MemoryTable.entry(row, userId);
        }
    }

    /** Looks at the user's memories one by one, newest first, for each way of writing the query. */
    private static List<MemoryEntry> scan(Session session, SearchRequest request, String query) throws SQLException {
        List<String> variants = CaseFolding.variants(query);
        String contains = IntStream.range(2, 2 + variants.size())
                .mapToObj(i -> "instr(key, ?" + i + ") OR instr(value, ?" + i + ")")
                .collect(Collectors.joining(" OR "));
        String sql = "SELECT " + MemoryTable.COLUMNS + " FROM memory WHERE user_id = ?1 AND (" + contains
                + ") ORDER BY updated_at DESC, version DESC, key";
        List<Object> arguments = new ArrayList<>(List.of(request.userId()));
        arguments.addAll(variants);
        List<MemoryEntry> entries = new ArrayList<>();
        try (ResultSet rows = session.query(sql, arguments.toArray())) {
            while (entries.size() < request.limit() && rows.next()) {
                MemoryEntry entry = MemoryTable.entry(rows, request.userId());
                if (request.filter().accepts(entry)) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    private static List<String> wordsOf(String folded) {
        return WORD.matcher(folded)
                .results()
                .map(MatchResult::group)
                .filter(word -> !STOP_WORDS.contains(word))
                .distinct()
                .limit(MOST_WORDS)
                .toList();
    }

    private static String anyOf(List<String> words) {
        return words.stream().map(SqliteSearch::phrase).collect(Collectors.joining(" OR "));
    }

    /** A string of FTS5's query language: nothing inside it is syntax. */
    private static String phrase(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}
