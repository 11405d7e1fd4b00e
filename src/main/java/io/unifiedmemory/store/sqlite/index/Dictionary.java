package io.unifiedmemory.store.sqlite.index;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.search.IndexReader;
import io.unifiedmemory.search.PostingCodec;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.db.Handle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The words of each user as they are written, and the way from a part of a word to the words: under every three
 * neighbouring characters stand the numbers of the words that have them. Works within the transaction of its caller.
 * Stateless.
 *
 * <p>In {@code search_word} a user's words are numbered in the order in which they came. Those up to
 * {@code search_user.listed} stand in the lists of {@code search_gram}; the few behind are looked through one by one.
 * {@code uses} says how many memories have a word, or fewer: while it is above zero, nobody has to look for one in the
 * lists of hits. What an earlier build of this program counted for nothing is below the truth.
 */
public final class Dictionary {

    /** Code points. */
    private static final int GRAM = 3;

    /** Stands behind the last character of a word, so that each pair of characters begins a gram. */
    private static final String END = " ";

    /** New words that are listed together, which touches fewer pages; more of them while an index is built. */
    private static final int MOST_WAITING = 64;

    private static final int MOST_WAITING_IN_BUILD = 2_000;

    /** A user some of whose words are not listed. */
    private static final String NOT_LISTED = """
            SELECT number, entries, words, listed FROM search_user AS owner
            WHERE EXISTS (SELECT 1 FROM search_word WHERE user = owner.number AND number > owner.listed) LIMIT 1""";

    private static final String LAST_CHARACTER = Character.toString(Character.MAX_CODE_POINT);

    /** Changes the uses of words that are known. An UPDATE with these would read through all words. */
    private static final String USE = """
            INSERT INTO search_word (user, form, number, uses)
            SELECT ?1, key, 0, ?3 * value FROM json_each(?2) AS change
            WHERE value > 0 AND EXISTS (SELECT 1 FROM search_word WHERE user = ?1 AND form = change.key)
            ON CONFLICT (user, form) DO UPDATE SET uses = uses + excluded.uses""";

    private static final String UNKNOWN = """
            SELECT key FROM json_each(?2) AS new
            WHERE NOT EXISTS (SELECT 1 FROM search_word WHERE user = ?1 AND form = new.key)""";

    private static final String UNUSED = """
            SELECT form FROM search_word
            WHERE user = ?1 AND form IN (SELECT key FROM json_each(?2) WHERE value > 0) AND uses <= 0""";

    private static final String INSERT = "INSERT INTO search_word (user, form, number, uses) VALUES (?1, ?2, ?3, ?4)";

    private static final String LAST_NUMBER = "SELECT coalesce(max(number), 0) FROM search_word WHERE user = ?1";

    private static final String WAITING =
            "SELECT form, number FROM search_word WHERE user = ?1 AND number > ?2 ORDER BY number";

    private static final String DELETE =
            "DELETE FROM search_word WHERE user = ?1 AND form IN (SELECT value FROM json_each(?2)) RETURNING form, number";

    private static final String LISTS =
            "SELECT gram, words FROM search_gram WHERE user = ?1 AND gram IN (SELECT value FROM json_each(?2))";

    /** Of the grams of a part of a word: those that most words lack narrow it down. */
    private static final String SHORTEST_LISTS = """
            SELECT words FROM search_gram WHERE user = ?1 AND gram IN (SELECT value FROM json_each(?2))
            ORDER BY length(words) LIMIT 3""";

    private static final String LISTS_BETWEEN =
            "SELECT words FROM search_gram WHERE user = ?1 AND gram BETWEEN ?2 AND ?3";

    /** Of the words with these numbers, and those that are not listed, the ones that have the text, or end with it. */
    private static final String WORDS = """
            SELECT form FROM search_word INDEXED BY search_word_by_number
            WHERE user = ?1 AND number IN (SELECT value FROM json_each(?2))
              AND iif(?5, instr(form, ?4), substr(form, -length(?4)) = ?4)
            UNION ALL SELECT form FROM search_word INDEXED BY search_word_by_number
            WHERE user = ?1 AND number > ?3 AND iif(?5, instr(form, ?4), substr(form, -length(?4)) = ?4)
            LIMIT ?6""";

    private static final String WORDS_BETWEEN =
            "SELECT form FROM search_word WHERE user = ?1 AND form BETWEEN ?2 AND ?3 LIMIT ?4";

    /**
     * Adds words that memories have.
     *
     * @param more how many memories more than before
     * @param inBuild whether {@link #list} will be called
     */
    void learn(Handle tx, SearchIndex.User user, Map<String, Integer> more, boolean inBuild) throws SQLException {
        if (more.isEmpty()) {
            return;
        }
        String json = Json.write(more);
        List<String> unknown = strings(tx, UNKNOWN, user.number(), json);
        tx.update(USE, user.number(), json, 1);
        if (unknown.isEmpty()) {
            return;
        }
        long last = Math.max(user.listed(), tx.number(LAST_NUMBER, user.number()));
        for (String form : unknown) {
            tx.update(INSERT, user.number(), form, ++last, more.get(form));
        }
        if (last - user.listed() >= (inBuild ? MOST_WAITING_IN_BUILD : MOST_WAITING)) {
            list(tx, user);
        }
    }

    /**
     * Notes that memories lost words; returns those that perhaps none has any more.
     *
     * @param fewer how many memories fewer than before
     */
    List<String> release(Handle tx, SearchIndex.User user, Map<String, Integer> fewer) throws SQLException {
        if (fewer.isEmpty()) {
            return List.of();
        }
        String json = Json.write(fewer);
        tx.update(USE, user.number(), json, -1);
        return strings(tx, UNUSED, user.number(), json);
    }

    /** Lists the words of one user that are not listed; returns whether there was such a user. */
    boolean list(Handle tx) throws SQLException {
        SearchIndex.User user;
        try (ResultSet row = tx.query(NOT_LISTED)) {
            if (!row.next()) {
                return false;
            }
            user = SearchIndex.User.read(row);
        }
        list(tx, user);
        return true;
    }

    private static void list(Handle tx, SearchIndex.User user) throws SQLException {
        Map<String, Long> waiting = new LinkedHashMap<>();
        long last = user.listed();
        try (ResultSet rows = tx.query(WAITING, user.number(), user.listed())) {
            while (rows.next()) {
                last = rows.getLong(2);
                waiting.put(rows.getString(1), last);
            }
        }
        change(tx, user, waiting, PostingCodec::union);
        tx.update("UPDATE search_user SET listed = ?2 WHERE number = ?1", user.number(), last);
    }

    /** Takes words out. */
    void forget(Handle tx, SearchIndex.User user, Collection<String> forms) throws SQLException {
        Map<String, Long> gone = new LinkedHashMap<>();
        try (ResultSet rows = tx.query(DELETE, user.number(), Json.write(forms))) {
            while (rows.next()) {
                if (rows.getLong(2) <= user.listed()) {
                    gone.put(rows.getString(1), rows.getLong(2));
                }
            }
        }
        change(tx, user, gone, PostingCodec::difference);
    }

    /** Takes out all words of a user. */
    void forgetAll(Handle tx, SearchIndex.User user) throws SQLException {
        tx.update("DELETE FROM search_word WHERE user = ?1", user.number());
        tx.update("DELETE FROM search_gram WHERE user = ?1", user.number());
    }

    /** Changes the list of each gram by the numbers of the words that have it. */
    private static void change(Handle tx, SearchIndex.User user, Map<String, Long> words, BinaryOperator<long[]> change)
            throws SQLException {
        Map<String, List<Long>> numbers = new HashMap<>();
        words.forEach((form, number) -> grams(form + END)
                .forEach(gram ->
                        numbers.computeIfAbsent(gram, g -> new ArrayList<>()).add(number)));
        if (numbers.isEmpty()) {
            return;
        }
        Map<String, long[]> lists = new HashMap<>();
        try (ResultSet rows = tx.query(LISTS, user.number(), Json.write(numbers.keySet()))) {
            while (rows.next()) {
                lists.put(rows.getString(1), PostingCodec.read(rows.getBytes(2)));
            }
        }
        for (Map.Entry<String, List<Long>> gram : numbers.entrySet()) {
            long[] these =
                    gram.getValue().stream().mapToLong(Long::longValue).sorted().toArray();
            long[] list = change.apply(lists.getOrDefault(gram.getKey(), new long[0]), these);
            if (list.length == 0) {
                tx.update("DELETE FROM search_gram WHERE user = ?1 AND gram = ?2", user.number(), gram.getKey());
            } else {
                tx.update(
                        "INSERT OR REPLACE INTO search_gram (user, gram, words) VALUES (?1, ?2, ?3)",
                        user.number(),
                        gram.getKey(),
                        PostingCodec.write(list));
            }
        }
    }

    /** Every three neighbours; none of a text that is shorter. */
    private static Set<String> grams(String text) {
        int[] characters = text.codePoints().toArray();
        Set<String> grams = new LinkedHashSet<>();
        for (int i = 0; i + GRAM <= characters.length; i++) {
            grams.add(new String(characters, i, GRAM));
        }
        return grams;
    }

    /** The words of the user that fit an edge of a query, see {@link IndexReader#surfacesAt}. */
    @Nullable
    List<String> at(Handle handle, SearchIndex.User user, Query.Edge edge, int limit) throws SQLException {
        List<String> words;
        if (edge.openBefore()) {
            long[] numbers = listedAt(handle, user, edge, limit);
            if (numbers == null) {
                return null;
            }
            words = strings(
                    handle,
                    WORDS,
                    user.number(),
                    Arrays.toString(numbers),
                    user.listed(),
                    edge.form(),
                    edge.openBehind() ? 1 : 0,
                    limit + 1);
        } else {
            words = from(handle, user, edge.form(), limit + 1);
        }
        return words.size() > limit ? null : words;
    }

    /** Numbers of words among which are all listed ones that have the edge; null when too many have it, or most may. */
    private static long @Nullable [] listedAt(Handle handle, SearchIndex.User user, Query.Edge edge, int limit)
            throws SQLException {
        String part = edge.openBehind() ? edge.form() : edge.form() + END;
        int length = part.codePointCount(0, part.length());
        if (edge.form().codePointCount(0, edge.form().length()) < GRAM - 1) {
            return null;
        }
        long[] numbers = null;
        if (length < GRAM) {
            numbers = new long[0];
            try (ResultSet rows = handle.query(LISTS_BETWEEN, user.number(), part, part + LAST_CHARACTER)) {
                while (numbers.length <= limit && rows.next()) {
                    numbers = PostingCodec.union(numbers, PostingCodec.read(rows.getBytes(1)));
                }
            }
        } else {
            try (ResultSet rows = handle.query(SHORTEST_LISTS, user.number(), Json.write(grams(part)))) {
                while (rows.next()) {
                    long[] list = PostingCodec.read(rows.getBytes(1));
                    numbers = numbers == null ? list : PostingCodec.intersection(numbers, list);
                }
            }
            numbers = numbers == null ? new long[0] : numbers;
        }
        // With one gram the words are those that have it; with more, each of these may stand elsewhere in the word.
        return length <= GRAM && numbers.length > limit ? null : numbers;
    }

    /** Words of the user that begin with a text, up to the limit. */
    public List<String> from(Handle handle, SearchIndex.User user, String start, int limit) throws SQLException {
        return strings(handle, WORDS_BETWEEN, user.number(), start, start + LAST_CHARACTER, limit);
    }

    private static List<String> strings(Handle handle, String sql, @Nullable Object... arguments) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (ResultSet rows = handle.query(sql, arguments)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }
}
