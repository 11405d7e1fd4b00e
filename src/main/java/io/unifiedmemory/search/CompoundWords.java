package io.unifiedmemory.search;

import io.unifiedmemory.search.text.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds compounds that a query word is a part of, in languages that write them in one word: "Haftpflichtversicherung"
 * for "Versicherungen". The word is the head of the compound, its end, or a long word at its beginning. What remains of
 * the compound has to be as long as a word: else "Wort" would find "Antwort". Stateless.
 */
final class CompoundWords {

    private static final int SHORTEST_WORD = 4;

    /** A word of so many letters is rarely a part of another one by chance. */
    private static final int LONG_WORD = 6;

    private static final int SHORTEST_REST = 4;
    private static final int SHORTEST_REST_OF_LONG = 3;

    /** The endings of plural and case that a word may have; what is left of the word has {@link #SHORTEST_BASE}. */
    private static final List<String> ENDINGS = List.of("en", "er", "es", "e", "n", "s");

    private static final int SHORTEST_BASE = 5;
    private static final int LONGEST_ENDING = 2;

    /** More words than that with the same part are not compounds of one word. */
    private static final int MOST_READ = 200;

    private static final int MOST_TAKEN = 32;

    private CompoundWords() {}

    /** The words of the index as they are written that have a part; null when too many have it. */
    @FunctionalInterface
    interface Vocabulary<E extends Exception> {

        @Nullable
        List<String> at(Query.Edge edge, int limit) throws E;
    }

    /** Returns the compounds as they are written, in their order. */
    static <E extends Exception> List<String> of(Token word, Vocabulary<E> vocabulary) throws E {
        String base = base(word.form());
        if (base.codePointCount(0, base.length()) < SHORTEST_WORD || !Character.isLetter(base.codePointAt(0))) {
            return List.of();
        }
        List<String> having = vocabulary.at(new Query.Edge(base, true, true), MOST_READ);
        return having == null
                ? List.of()
                : having.stream()
                        .filter(compound -> isCompound(compound, base))
                        .sorted()
                        .limit(MOST_TAKEN)
                        .toList();
    }

    private static String base(String form) {
        for (String ending : ENDINGS) {
            if (form.endsWith(ending) && form.length() - ending.length() >= SHORTEST_BASE) {
                return form.substring(0, form.length() - ending.length());
            }
        }
        return form;
    }

    private static boolean isCompound(String compound, String base) {
        int before = compound.lastIndexOf(base);
        int behind = compound.length() - before - base.length();
        boolean isLong = base.length() >= LONG_WORD;
        boolean head = before >= (isLong ? SHORTEST_REST_OF_LONG : SHORTEST_REST) && behind <= LONGEST_ENDING;
        boolean begins = compound.startsWith(base) && isLong && compound.length() - base.length() >= SHORTEST_REST;
        return head || begins;
    }
}
