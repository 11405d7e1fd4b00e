package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.sqlite.IndexTerms.Kind;
import io.unifiedmemory.text.Analyzer;
import io.unifiedmemory.text.CaseFolding;
import io.unifiedmemory.text.Query;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the memories whose key or value contains the whole query, ignoring case: all of them, whatever the query is.
 * The index narrows them down where the words of the query allow that; the text decides. Stateless.
 */
final class Containing {

    /** Words that an edge of the query may belong to; beyond, reading all texts is no slower. */
    private static final int MOST_WORDS_AT_EDGE = 200;

    /** Code points of the query that are looked for by SQL. */
    private static final int MOST_IN_PATTERN = 200;

    private static final char ESCAPE = '\\';

    private final Dictionary dictionary;

    Containing(Dictionary dictionary) {
        this.dictionary = dictionary;
    }

    /** Whether the memory does. */
    static boolean test(MemoryEntry entry, Query query) {
        return CaseFolding.fold(entry.key()).contains(query.folded())
                || CaseFolding.fold(entry.value()).contains(query.folded());
    }

    /**
     * Documents that may contain the query.
     *
     * @param complete whether all that do are among them; else they are the latest
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Candidates(long[] documents, boolean complete) {}

    /**
     * The documents among which are all that do; null when the index cannot tell.
     *
     * @param most of more than so many hits the latest
     */
    @Nullable
    Candidates candidates(Session session, HitLists lists, SearchIndex.User user, Query query, int most)
            throws SQLException {
        IndexTerms terms = user.terms();
        List<String> required = new ArrayList<>();
        query.inner().forEach(term -> required.add(terms.match(Kind.WORD, term)));
        if (required.isEmpty()) {
            for (Query.Edge edge : query.edges()) {
                List<String> words =
                        Analyzer.isAtStopWord(edge) ? null : dictionary.at(session, user, edge, MOST_WORDS_AT_EDGE);
                if (words == null) {
                    return null;
                }
                if (words.isEmpty()) {
                    return new Candidates(new long[0], true);
                }
                required.add(any(lists, terms, words));
            }
        }
        if (required.isEmpty()) {
            return null;
        }
        String expression = String.join(" AND ", required);
        long[] documents = lists.documents(expression, most);
        return new Candidates(documents, lists.isComplete(expression));
    }

    /** An expression for one of these words, if possible one that was read before. */
    private static String any(HitLists lists, IndexTerms terms, List<String> words) {
        if (words.size() == 1) {
            String term =
                    terms.match(Kind.WORD, Analyzer.tokens(words.get(0)).get(0).term());
            if (lists.isShort(term)) {
                return term;
            }
        }
        String any = words.stream().map(terms::matchForm).distinct().collect(Collectors.joining(" OR "));
        return words.size() == 1 ? any : '(' + any + ')';
    }

    /** What takes the ids of memories and says whether it wants more. */
    interface Taker {
        boolean take(long id) throws SQLException;
    }

    /** Looks at the user's memories one by one, newest first, and hands over the ids of those that may contain it. */
    static void scan(Session session, String userId, Query query, Taker taker) throws SQLException {
        String sql = "SELECT id FROM memory WHERE user_id = ?1 AND (key LIKE ?2 ESCAPE '" + ESCAPE
                + "' OR value LIKE ?2 ESCAPE '" + ESCAPE
                + "' OR instr(key, char(0)) OR instr(value, char(0))) ORDER BY updated_at DESC, version DESC";
        try (ResultSet rows = session.query(sql, userId, pattern(query.folded()))) {
            boolean more = true;
            while (more && rows.next()) {
                more = taker.take(rows.getLong(1));
            }
        }
    }

    /** For LIKE, which ignores the case of ASCII letters: what has other cases matches any character. */
    private static String pattern(String folded) {
        StringBuilder pattern = new StringBuilder("%");
        folded.codePoints().limit(MOST_IN_PATTERN).forEach(codePoint -> {
            String character = Character.toString(codePoint);
            if (hasOtherCases(codePoint, character)) {
                pattern.append('_');
            } else if (codePoint == '%' || codePoint == '_' || codePoint == ESCAPE) {
                pattern.append(ESCAPE).append(character);
            } else {
                pattern.append(character);
            }
        });
        return pattern.append('%').toString();
    }

    private static boolean hasOtherCases(int codePoint, String character) {
        boolean plain = codePoint < 0x80 && "ksi".indexOf(codePoint) < 0;
        return !plain && CaseFolding.variants(character).size() > 1;
    }
}
