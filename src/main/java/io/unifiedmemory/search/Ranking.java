package io.unifiedmemory.search;

import io.unifiedmemory.search.DocumentNumber.Field;
import io.unifiedmemory.search.Expression.Kind;
import io.unifiedmemory.search.text.DateMention;
import io.unifiedmemory.search.text.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes the scores of one query of one user, in these steps:
 *
 * <ol>
 *   <li>Each word of the query scores the memories that have it in key or value, by {@link Bm25}, or in the metadata.
 *   <li>A date in the query scores the memories of that date, or those that have its words.
 *   <li>A question for a time prefers memories that state one.
 *   <li>The best memories and their neighbours get a bonus from their conversation: an answer from the question before
 *       it, each memory from its neighbours and from the other hits of the conversation.
 *   <li>A question is ranked below a statement that matches as much of the query.
 *   <li>With a model, the best memories are compared with the query by their meaning.
 * </ol>
 */
public final class Ranking<E extends Exception> {

    /**
     * The number of occurrences that a repeated word counts as. It is less than two: a long text repeats its words also
     * where it is about something else.
     */
    private static final double REPEATED = 1.5;

    /** The weight of a date, relative to its rarity. */
    private static final double DATE = 2;

    private static final double TELLS_TIME = 1;

    /** The share of a question's score that its answer gets, of each neighbour's score, and of the conversation's. */
    private static final double QUESTION = 0.7;

    private static final double NEIGHBOUR = 0.1;
    private static final double CONVERSATION = 0.4;

    /** The share of its score that a short question loses, because it states nothing. */
    private static final double ASKS = 0.1;

    /** The weight of the likeness in meaning, for each standard deviation from the mean. */
    private static final double LIKENESS = 3;

    /**
     * Up to so many words a text says one thing. The vector of a longer one is the mean of its pieces, in which what they
     * have in common, its topic, stands out more than in any short text that answers the question: so it counts less.
     */
    private static final double ONE_THING = 60;

    /** The number of hits whose meaning is compared: with all of a user's memories as good hits come first. */
    private static final int COMPARED = 200;

    /** A user with no more memories than these has all of them compared, also those that are no hits by words. */
    private static final int MOST_SEEN_THROUGH = 1_000;

    /** The least standard score at which a memory is a hit by its meaning alone. */
    private static final double STANDS_OUT = 2;

    /** The number of hits whose conversation is considered. */
    private static final int SUPPORTED = 200;

    private final IndexReader<E> index;
    private final PostingLists<E> lists;
    private final Query query;
    private final int mostPerWord;
    private final @Nullable Likeness<E> likeness;
    private final Scores scores = new Scores();
    /** The scores of each query word, in the order of the query, and then those of the likeness in meaning. */
    private final List<Scores> words = new ArrayList<>();
    /** How many of them are of query words. */
    private int queryWords;
    /** What is a hit by its meaning alone. */
    private final Set<Long> byMeaning = new HashSet<>();

    /**
     * @param mostPerWord of a more frequent word, only this many of the latest postings count
     * @param likeness null without a model
     */
    Ranking(IndexReader<E> index, PostingLists<E> lists, Query query, int mostPerWord, @Nullable Likeness<E> likeness) {
        this.index = index;
        this.likeness = likeness;
        this.lists = lists;
        this.query = query;
        this.mostPerWord = mostPerWord;
    }

    /** What is read for every query, whatever the index has. */
    List<Expression> expected() {
        List<Expression> expected = new ArrayList<>();
        query.words().forEach(word -> expected.add(Expression.stem(word.term())));
        query.dateTerms().forEach(term -> expected.add(Expression.stem(term)));
        query.dates().forEach(date -> expected.add(date(date)));
        query.periods().forEach(period -> expected.add(period(period)));
        return expected;
    }

    /** Computes the scores of all memories that match any part of the query. */
    public Scores scores() throws E {
        for (Token word : query.words()) {
            if (!query.dateTerms().contains(word.term())) {
                Scores found = word(word);
                words.add(found);
                found.addTo(scores);
            }
        }
        queryWords = words.size();
        addDates();
        if (likeness == null) {
            return supported(scores);
        }
        // What is near a hit is compared too, and then its likeness supports what is near it, as its words do.
        Scores alike = alike(supported(scores.copy()), likeness);
        words.add(alike);
        alike.addTo(scores);
        return supported(scores);
    }

    /** Whether a memory has nothing of the words of the query, and is a hit by its meaning; known once there are scores. */
    boolean isByMeaning(long document) {
        return byMeaning.contains(document);
    }

    /** Adds to scores of words what depends on the best of them together. */
    private Scores supported(Scores sum) throws E {
        long[] best = sum.best(SUPPORTED);
        if (query.asksWhen()) {
            for (long document : best) {
                sum.add(document, DocumentNumber.tellsTime(document) ? TELLS_TIME : 0);
            }
        }
        addSupport(best, sum);
        for (long document : best) {
            sum.add(document, DocumentNumber.isQuestion(document) ? -ASKS * sum.get(document) : 0);
        }
        return sum;
    }

    /**
     * How alike in meaning memories are to the query. A memory of which that is not known counts as average. Of a user with
     * few memories those are seen through that are no hits by words, and what stands out among all is a hit by its meaning.
     */
    private Scores alike(Scores byWords, Likeness<E> likeness) throws E {
        Scores found = new Scores();
        long[] best = byWords.best(COMPARED);
        double[] alike = standardised(likeness.of(best));
        for (int i = 0; i < best.length; i++) {
            found.add(best[i], weighted(alike[i], best[i]));
        }
        if (index.entries() <= MOST_SEEN_THROUGH) {
            long[] all = index.all();
            double[] amongAll = standardised(likeness.of(all));
            for (int i = 0; i < all.length; i++) {
                if (amongAll[i] > STANDS_OUT && byWords.get(all[i]) <= 0) {
                    found.add(all[i], weighted(amongAll[i], all[i]));
                    byMeaning.add(all[i]);
                }
            }
        }
        return found;
    }

    private static double weighted(double likeness, long document) {
        double words = Math.max(ONE_THING, DocumentNumber.words(document));
        return LIKENESS * (likeness > 0 ? likeness * ONE_THING / words : likeness);
    }

    /**
     * Numbers as standard scores, and 0 for each that is not known: what a model says of two texts has no scale of its own.
     */
    private static double[] standardised(double[] numbers) {
        double[] known =
                Arrays.stream(numbers).filter(each -> !Double.isNaN(each)).toArray();
        double mean = Arrays.stream(known).average().orElse(0);
        double variance = Arrays.stream(known)
                .map(each -> (each - mean) * (each - mean))
                .average()
                .orElse(0);
        return Arrays.stream(numbers)
                .map(each -> Double.isNaN(each) || variance == 0 ? 0 : (each - mean) / Math.sqrt(variance))
                .toArray();
    }

    private Scores word(Token word) throws E {
        Scores found = new Scores();
        boolean known = addWord(word.term(), 1, true, found);
        List<String> pieces = query.pieces().getOrDefault(word.term(), List.of());
        if (!known && pieces.size() > 1) {
            addInstead(
                    Expression.allOf(
                            pieces.stream().distinct().map(Expression::stem).toList()),
                    0,
                    found);
        } else if (!known) {
            for (String similar : SimilarWords.of(word, index::surfacesFrom)) {
                addWord(similar, SimilarWords.WEIGHT, true, found);
            }
        }
        if (query.compounding()) {
            List<String> compounds = CompoundWords.of(word, index::surfacesAt);
            if (!compounds.isEmpty()) {
                List<Expression> any = compounds.stream()
                        .<Expression>map(IndexedMemory::termOf)
                        .distinct()
                        .toList();
                addInstead(Expression.anyOf(any), found.size(), found);
            }
        }
        return found;
    }

    /**
     * Adds the memories that have something in the place of a word.
     *
     * @param withTheWord how many have the word itself: what stands for it is no rarer
     */
    private void addInstead(Expression expression, int withTheWord, Scores found) throws E {
        long[] documents = lists.documents(expression, mostPerWord);
        double rarity = SimilarWords.WEIGHT * rarity(withTheWord + documents.length);
        for (long document : documents) {
            found.add(document, Math.max(0, rarity * saturated(1, document) - found.get(document)));
        }
    }

    /** Adds the dates. A date counts once: as the date of the memory, or as words of its text. */
    private void addDates() throws E {
        Scores written = new Scores();
        for (String term : query.dateTerms()) {
            addWord(term, 1, false, written);
        }
        written.addTo(scores);
        List<Expression> dates = new ArrayList<>();
        query.dates().forEach(date -> dates.add(date(date)));
        query.periods().forEach(period -> dates.add(period(period)));
        for (Expression date : dates) {
            long[] then = lists.documents(date, mostPerWord);
            for (long document : then) {
                scores.add(document, Math.max(0, DATE * rarity(then.length) - written.get(document)));
            }
        }
    }

    private boolean addWord(String term, double weight, boolean alsoMetadata, Scores found) throws E {
        long[] hits = lists.postings(Expression.stem(term), mostPerWord);
        int inText = 0;
        int inMetadata = 0;
        for (long hit : hits) {
            inText += DocumentNumber.field(hit) == Field.TEXT ? 1 : 0;
            inMetadata += DocumentNumber.field(hit) == Field.METADATA ? 1 : 0;
        }
        double rarity = weight * rarity(inText);
        double rarityInMetadata = alsoMetadata ? weight * rarity(inMetadata) : 0;
        for (long hit : hits) {
            long document = DocumentNumber.ofHit(hit);
            found.add(
                    document,
                    switch (DocumentNumber.field(hit)) {
                        case TEXT -> rarity * saturated(1, document);
                        case REPEATED -> rarity * (saturated(REPEATED, document) - saturated(1, document));
                        case METADATA -> rarityInMetadata;
                    });
        }
        return hits.length > 0;
    }

    /** The rarity of a word among the memories of this user. */
    private double rarity(int found) {
        return Bm25.rarity(index.entries(), found);
    }

    private double saturated(double occurrences, long document) {
        return Bm25.saturated(occurrences, DocumentNumber.words(document), (double) index.words() / index.entries());
    }

    private void addSupport(long[] best, Scores sum) throws E {
        Scores support = new Scores();
        Map<Long, Set<Long>> conversations = new HashMap<>();
        for (IndexReader.Place place : index.places(best)) {
            long document = place.document();
            Set<Long> conversation = conversations.computeIfAbsent(place.conversation(), s -> new HashSet<>());
            conversation.add(document);
            for (List<Long> side : List.of(place.next(), place.previous())) {
                conversation.addAll(side);
                side.forEach(neighbour -> support.add(neighbour, NEIGHBOUR * sum.get(document)));
            }
            if (DocumentNumber.isQuestion(document) && !place.next().isEmpty()) {
                long answer = place.next().get(0);
                support.add(answer, beyond(answer, document));
            }
        }
        for (Set<Long> conversation : conversations.values()) {
            double score = CONVERSATION * together(conversation);
            conversation.forEach(document -> support.add(document, score));
        }
        support.addTo(sum);
    }

    /**
     * The score of the query words that a question contains and its answer does not. That both mean the same as the query
     * is no such thing: the answer has a meaning of its own, which is compared.
     */
    private double beyond(long answer, long question) {
        return words.subList(0, queryWords).stream()
                .mapToDouble(word -> Math.max(0, QUESTION * word.get(question) - word.get(answer)))
                .sum();
    }

    /** The sum, over the words of the query, of the highest score in the conversation. */
    private double together(Set<Long> conversation) {
        return words.stream()
                .mapToDouble(word ->
                        conversation.stream().mapToDouble(word::get).max().orElse(0))
                .sum();
    }

    private static Expression date(DateMention date) {
        List<Expression> parts = new ArrayList<>();
        addPart(Kind.YEAR, date.year(), parts);
        addPart(Kind.MONTH, date.month(), parts);
        addPart(Kind.DAY, date.day(), parts);
        Expression ofMemory = Expression.allOf(parts);
        Expression.Term mentioned = MentionedDates.term(date);
        return mentioned == null ? ofMemory : Expression.anyOf(List.of(ofMemory, mentioned));
    }

    private static Expression period(List<DateMention> dates) {
        return Expression.anyOf(dates.stream().map(Ranking::date).toList());
    }

    private static void addPart(Kind kind, int number, List<Expression> parts) {
        if (number > 0) {
            parts.add(new Expression.Term(kind, Integer.toString(number)));
        }
    }
}
