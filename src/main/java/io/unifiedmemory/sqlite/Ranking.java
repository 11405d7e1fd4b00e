package io.unifiedmemory.sqlite;

import io.unifiedmemory.sqlite.DocumentId.Field;
import io.unifiedmemory.sqlite.IndexTerms.Kind;
import io.unifiedmemory.text.DateMention;
import io.unifiedmemory.text.Query;
import io.unifiedmemory.text.Token;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a score comes about, from top to bottom. Serves one query of one user.
 *
 * <ol>
 *   <li>Each word of the query scores the memories whose key or value has it, by BM25.
 *   <li>Words of the query that stand in the metadata, and dates that the memory's date meets, score once.
 *   <li>A question for a time prefers memories that tell one.
 *   <li>The best are supported by their conversation: an answer by the question before it, each by its neighbours and
 *       by what else of the conversation was found.
 * </ol>
 */
final class Ranking {

    /** Words: a longer text that ends with a question mark is more than a question. */
    static final int SHORT_QUESTION = 20;

    /** BM25: how soon further occurrences stop to count, and how much a long text is discounted. */
    private static final double K1 = 1.2;

    private static final double B = 0.75;

    /** Occurrences for which a word counts that occurs more than once. */
    private static final double REPEATED = 2.5;

    /** For a word that was not found as it was written: it stands for similar ones. */
    private static final double SIMILAR = 0.6;

    private static final double METADATA = 1.0;
    private static final double DATE = 1.5;
    private static final double TELLS_TIME = 1;
    private static final double QUESTION = 0.7;
    private static final double NEIGHBOUR = 0.1;
    private static final double SESSION = 0.4;

    /** Hits whose conversation is looked at. */
    private static final int SUPPORTED = 300;

    /** Where memories stand in their conversations, and what is next to them. */
    private static final String PLACES = """
            SELECT e.document, e.session,
                (SELECT n.document FROM search_entry n
                 WHERE n.user = e.user AND n.session = e.session AND (n.at, n.id) > (e.at, e.id)
                 ORDER BY n.at, n.id LIMIT 1),
                (SELECT p.document FROM search_entry p
                 WHERE p.user = e.user AND p.session = e.session AND (p.at, p.id) < (e.at, e.id)
                 ORDER BY p.at DESC, p.id DESC LIMIT 1)
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
            Scores found = new Scores();
            if (!addWord(word.term(), 1, found)) {
                for (String similar : new SimilarWords(session, index.dictionary(), user).of(word)) {
                    addWord(similar, SIMILAR, found);
                }
            }
            words.add(found);
            found.addTo(scores);
        }
        for (DateMention date : query.dates()) {
            long[] then = lists.documents(terms.match(date), mostPerWord);
            for (long document : then) {
                scores.add(document, DATE * rarity(then.length));
            }
        }
        long[] best = scores.best(SUPPORTED);
        if (query.asksWhen()) {
            for (long document : best) {
                scores.add(document, DocumentId.tellsTime(document) ? TELLS_TIME : 0);
            }
        }
        addSupport(best);
        return scores;
    }

    private boolean addWord(String term, double weight, Scores found) throws SQLException {
        long[] hits = lists.hits(terms.match(Kind.WORD, term), mostPerWord);
        int inText = 0;
        int inMetadata = 0;
        for (long hit : hits) {
            inText += DocumentId.field(hit) == Field.TEXT ? 1 : 0;
            inMetadata += DocumentId.field(hit) == Field.METADATA ? 1 : 0;
        }
        double rarity = weight * rarity(inText);
        double rarityInMetadata = weight * METADATA * rarity(inMetadata);
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

    /** BM25's inverse document frequency in the form that is never negative, among the memories of this user. */
    private double rarity(int found) {
        return Math.log(1 + (user.entries() - found + 0.5) / (found + 0.5));
    }

    /** BM25's part for occurrences and length. */
    private double saturated(double occurrences, long document) {
        double average = Math.max(1.0, (double) user.words() / user.entries());
        double length = 1 - B + B * DocumentId.words(document) / average;
        return occurrences * (K1 + 1) / (occurrences + K1 * length);
    }

    private void addSupport(long[] best) throws SQLException {
        Scores support = new Scores();
        Map<Long, List<Long>> conversations = new HashMap<>();
        for (Place place : places(best)) {
            double score = scores.get(place.document());
            conversations
                    .computeIfAbsent(place.session(), s -> new ArrayList<>())
                    .add(place.document());
            if (place.previous() != 0) {
                support.add(place.previous(), NEIGHBOUR * score);
            }
            if (place.next() != 0) {
                support.add(place.next(), NEIGHBOUR * score);
                if (DocumentId.isQuestion(place.document())) {
                    support.add(place.next(), beyond(place.next(), place.document()));
                }
            }
        }
        for (List<Long> conversation : conversations.values()) {
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
    private double together(List<Long> conversation) {
        return words.stream()
                .mapToDouble(word ->
                        conversation.stream().mapToDouble(word::get).max().orElse(0))
                .sum();
    }

    /** A document and its neighbours, 0 where there is none. */
    private record Place(long document, long session, long next, long previous) {}

    private List<Place> places(long[] documents) throws SQLException {
        List<Place> places = new ArrayList<>();
        if (session.number(HAS_CONVERSATIONS, user.number()) == 0) {
            return places;
        }
        try (ResultSet rows = session.query(PLACES, Arrays.toString(documents), DocumentId.ID_SHIFT)) {
            while (rows.next()) {
                places.add(new Place(rows.getLong(1), rows.getLong(2), rows.getLong(3), rows.getLong(4)));
            }
        }
        return places;
    }
}
