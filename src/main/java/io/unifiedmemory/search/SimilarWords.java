package io.unifiedmemory.search;

import io.unifiedmemory.search.text.Analyzer;
import io.unifiedmemory.search.text.Token;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds words that may stand for a query word which occurs nowhere: longer words, otherwise words with one or two
 * typos. Stateless.
 */
public final class SimilarWords {

    /** The weight of a word for which similar ones were found. */
    public static final double WEIGHT = 0.6;

    private static final int SHORTEST_PREFIX = 3;
    private static final int SHORTEST_WITH_SLIP = 4;
    private static final int SHORTEST_WITH_TWO_SLIPS = 8;

    /** How many characters an inflected form adds to a word, at most. */
    private static final int LONGEST_ENDING = 3;

    /** The limits on words read and words returned. */
    private static final int MOST_READ = 20_000;

    private static final int MOST_TAKEN = 8;

    private SimilarWords() {}

    /** The words of the index, as they are written, without case and accents. */
    @FunctionalInterface
    public interface Vocabulary<E extends Exception> {

        /** The words that begin with a prefix, at most that many. */
        List<String> beginningWith(String prefix, int most) throws E;
    }

    /** Returns the terms of the similar words. */
    public static <E extends Exception> Set<String> of(Token word, Vocabulary<E> vocabulary) throws E {
        String form = word.form();
        int length = form.codePointCount(0, form.length());
        if (length < SHORTEST_PREFIX || Character.isDigit(form.codePointAt(0))) {
            return Set.of(); // Another number is never meant.
        }
        List<String> longer = vocabulary.beginningWith(form, MOST_READ);
        Set<String> terms = terms(longer);
        if (!terms.isEmpty() || length < SHORTEST_WITH_SLIP) {
            return terms;
        }
        String first = form.substring(0, form.offsetByCodePoints(0, 1));
        int slips = length < SHORTEST_WITH_TWO_SLIPS ? 1 : 2;
        List<String> known = vocabulary.beginningWith(first, MOST_READ);
        for (int distance = 1; distance <= slips; distance++) {
            terms = terms(near(form, known, distance));
            if (!terms.isEmpty()) {
                return terms;
            }
        }
        return nearTerms(word.term(), known);
    }

    private static List<String> near(String form, List<String> known, int slips) {
        return known.stream().filter(new EditDistance(form, slips)::isWithin).toList();
    }

    /** The known terms that differ by one typo in another form of the word. */
    private static Set<String> nearTerms(String term, List<String> known) {
        List<String> terms = known.stream()
                .filter(form -> Math.abs(form.length() - term.length()) <= LONGEST_ENDING)
                .map(form -> Analyzer.tokens(form).get(0).term())
                .distinct()
                .toList();
        return near(term, terms, 1).stream().limit(MOST_TAKEN).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<String> terms(List<String> forms) {
        return forms.stream()
                .flatMap(form -> Analyzer.tokens(form).stream())
                .map(Token::term)
                .distinct()
                .limit(MOST_TAKEN)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
