package io.unifiedmemory.sqlite;

import io.unifiedmemory.sqlite.DocumentId.Field;
import io.unifiedmemory.sqlite.IndexTerms.Kind;
import io.unifiedmemory.text.Bm25;
import io.unifiedmemory.text.DateMention;
import io.unifiedmemory.text.Query;
import io.unifiedmemory.text.SimilarWords;
import io.unifiedmemory.text.Token;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a score comes about, from top to bottom. Serves one query of one user.
 *
 * <ol>
 *   <li>Each word of the query scores the memories whose key or value has it, by {@link Bm25}, and those whose metadata has it.
 *   <li>A date of the query scores the memories of that date, or those that have its words.
 *   <li>A question for a time prefers memories that tell one.
 *   <li>The best and what stands beside them are supported by their conversation: an answer by the question before it,
 *       each by its neighbours and by what else of the conversation was found.
 *   <li>A question stands behind a statement that has as much of the query.
 * </ol>
 */
final class Ranking {

    /** Words: a longer text that ends with a question mark is more than a question. */
    static final int SHORT_QUESTION = 20;

    /** Occurrences for which a word counts that occurs more than once. */
    private static final double REPEATED = 2.5;

    /** How much of its rarity a date counts. */
    private static final double DATE = 2;

    private static final double TELLS_TIME = 1;

    /** The part of a question's score that its answer has, of each neighbour's, and of the conversation's. */
    private static final double QUESTION = 0.7;

    private static final double NEIGHBOUR = 0.1;
    private static final double SESSION = 0.4;

    /** The part of its score that a short question loses, for it tells nothing. */
    private static final double ASKS = 0.1;

    /** Hits whose conversation is looked at. */
    private static final int SUPPORTED = 200;

    /** Where memories stand in their conversations, and the two before and the two after them, the nearest first. */
    private static final String PLACES = """
            SELECT e.document, e.session,
                (SELECT group_concat(document) FROM
                    (SELECT n.document FROM search_entry n
                     WHERE n.user = e.user AND n.session = e.session AND (n.at, n.id) > (e.at, e.id)
                     ORDER BY n.at, n.id LIMIT 2)),
                (SELECT group_concat(document) FROM
                    (SELECT p.document FROM search_entry p
                     WHERE p.user = e.user AND p.session = e.session AND (p.at, p.id) < (e.at, e.id)
                     ORDER BY p.at DESC, p.id DESC LIMIT 2))
            FROM json_each(?1) best CROSS JOIN search_entry e ON e.id = best.value >> ?2
            WHERE e.session IS NOT NULL""";

    private static final String HAS_CONVERSATIONS =
            "SELECT EXISTS (SELECT 1 FROM search_entry WHERE user = ?1 AND session IS NOT NULL)";

    private final Session session;
    private final SearchIndex index;
    private final HitLists lists;
    private final SearchIndex.User user;
    private final IndexTerms terms;
    private final Query query;
    private final int mostPerWord;
    private final Scores scores = new Scores();
    /** By word of the query. */
    private final List<Scores> words = new ArrayList<>();

    /** @param mostPerWord of a more frequent word only so many latest memories count */
    Ranking(Session session, SearchIndex index, HitLists lists, SearchIndex.User user, Query query, int mostPerWord) {
        this.session = session;
        this.index = index;
        this.lists = lists;
        this.user = user;
        this.terms = user.terms();
        this.query = query;
        this.mostPerWord = mostPerWord;
    }

    /** The scores of all memories that have anything of the query. */
    Scores scores() throws SQLException {
        for (Token word : query.words()) {
            if (!query.dateTerms().contains(word.term())) {
                Scores found = word(word);
                words.add(found);
                found.addTo(scores);
            }
        }
        addDates();
        long[] best = scores.best(SUPPORTED);
        if (query.asksWhen()) {
            for (long document : best) {
                scores.add(document, DocumentId.tellsTime(document) ? TELLS_TIME : 0);
            }
        }
        addSupport(best);
        for (long document : best) {
            scores.add(document, DocumentId.isQuestion(document) ? -ASKS * scores.get(document) : 0);
        }
        return scores;
    }

    private Scores word(Token word) throws SQLException {
        Scores found = new Scores();
        if (!addWord(word.term(), 1, true, found)) {
            Set<String> terms =
                    SimilarWords.of(word, (prefix, most) -> index.dictionary().from(session, user, prefix, most));
            for (String similar : terms) {
                addWord(similar, SimilarWords.WEIGHT, true, found);
            }
        }
        return found;
    }

    /** A date counts once: as that of the memory, or as words of its text. */
    private void addDates() throws SQLException {
        Scores written = new Scores();
        for (String term : query.dateTerms()) {
            addWord(term, 1, false, written);
        }
        written.addTo(scores);
        for (DateMention date : query.dates()) {
            long[] then = lists.documents(terms.match(date), mostPerWord);
            for (long document : then) {
                scores.add(document, Math.max(0, DATE * rarity(then.length) - written.get(document)));
            }
        }
    }

    private boolean addWord(String term, double weight, boolean alsoMetadata, Scores found) throws SQLException {
        long[] hits = lists.hits(terms.match(Kind.WORD, term), mostPerWord);
        int inText = 0;
        int inMetadata = 0;
        for (long hit : hits) {
            inText += DocumentId.field(hit) == Field.TEXT ? 1 : 0;
            inMetadata += DocumentId.field(hit) == Field.METADATA ? 1 : 0;
        }
        double rarity = weight * rarity(inText);
        double rarityInMetadata = alsoMetadata ? weight * rarity(inMetadata) : 0;
        for (long hit : hits) {
            long document = DocumentId.ofHit(hit);
            found.add(
                    document,
                    switch (DocumentId.field(hit)) {
                        case TEXT -> rarity * saturated(1, document);
                        case REPEATED -> rarity * (saturated(REPEATED, document) - saturated(1, document));
                        case METADATA -> rarityInMetadata;
                    });
        }
        return hits.length > 0;
    }

    /** Among the memories of this user. */
    private double rarity(int found) {
        return Bm25.rarity(user.entries(), found);
    }

    private double saturated(double occurrences, long document) {
        double average = Math.max(1.0, (double) user.words() / user.entries());
        return Bm25.saturated(occurrences, DocumentId.words(document) / average);
    }

    private void addSupport(long[] best) throws SQLException {
        Scores support = new Scores();
        Map<Long, Set<Long>> conversations = new HashMap<>();
        for (Place place : places(best)) {
            long document = place.document();
            Set<Long> conversation = conversations.computeIfAbsent(place.session(), s -> new HashSet<>());
            conversation.add(document);
            for (List<Long> side : List.of(place.next(), place.previous())) {
                conversation.addAll(side);
                side.forEach(neighbour -> support.add(neighbour, NEIGHBOUR * scores.get(document)));
            }
            if (DocumentId.isQuestion(document) && !place.next().isEmpty()) {
                long answer = place.next().get(0);
                support.add(answer, beyond(answer, document));
            }
        }
        for (Set<Long> conversation : conversations.values()) {
            double score = SESSION * together(conversation);
            conversation.forEach(document -> support.add(document, score));
        }
        support.addTo(scores);
    }

    /** What a question has of the query that its answer does not. */
    private double beyond(long answer, long question) {
        return words.stream()
                .mapToDouble(word -> Math.max(0, QUESTION * word.get(question) - word.get(answer)))
                .sum();
    }

    /** For each word of the query, the most that a memory of the conversation scores. */
    private double together(Set<Long> conversation) {
        return words.stream()
                .mapToDouble(word ->
                        conversation.stream().mapToDouble(word::get).max().orElse(0))
                .sum();
    }

    /** A document and its neighbours, the nearest first. */
    private record Place(long document, long session, List<Long> next, List<Long> previous) {}

    private List<Place> places(long[] documents) throws SQLException {
        List<Place> places = new ArrayList<>();
        if (session.number(HAS_CONVERSATIONS, user.number()) == 0) {
            return places;
        }
        try (ResultSet rows = session.query(PLACES, Arrays.toString(documents), DocumentId.ID_SHIFT)) {
            while (rows.next()) {
                places.add(new Place(
                        rows.getLong(1), rows.getLong(2), documents(rows.getString(3)), documents(rows.getString(4))));
            }
        }
        return places;
    }

    private static List<Long> documents(@Nullable String list) {
        return list == null
                ? List.of()
                : Stream.of(list.split(",", -1)).map(Long::valueOf).toList();
    }
}
