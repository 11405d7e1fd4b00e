package io.unifiedmemory.store;

import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.text.CaseFolding;
import io.unifiedmemory.search.text.WordStarts;
import java.util.Comparator;
import java.util.List;

/** Patterns for LIKE with which a store narrows down which texts may contain a query. Stateless. */
public final class LikePattern {

    /** The escape character of the patterns, which is that of PostgreSQL's LIKE and has to be named for SQLite's. */
    public static final char ESCAPE = '\\';

    /** Code points of the query that are looked for by SQL. */
    private static final int MOST_IN_PATTERN = 200;

    private LikePattern() {}

    /**
     * A pattern that fits every text with the query in it, for a LIKE that ignores the case of ASCII letters, or that
     * is asked about texts with ASCII letters in lower case: what has other cases matches any character.
     *
     * @param folded the query without its case
     */
    public static String of(String folded) {
        StringBuilder pattern = new StringBuilder("%");
        folded.codePoints().limit(MOST_IN_PATTERN).forEach(codePoint -> append(pattern, codePoint, true));
        return pattern.append('%').toString();
    }

    /**
     * A pattern that fits the texts with a part of a word in them. ASCII letters stand for themselves alone, also those
     * that are a case of another letter somewhere, so that a short part does not fit nearly every text.
     *
     * @param folded the part without its case
     */
    private static String ofPart(String folded) {
        StringBuilder pattern = new StringBuilder("%");
        folded.codePoints().limit(MOST_IN_PATTERN).forEach(codePoint -> append(pattern, codePoint, codePoint >= 0x80));
        return pattern.append('%').toString();
    }

    /** Patterns that fit the texts with words of a query in any of their forms, for the longest words first. */
    public static List<String> ofWords(Query query, int most) {
        return query.words().stream()
                .flatMap(word -> WordStarts.of(query.text(), word).stream())
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .limit(most)
                .map(LikePattern::ofPart)
                .toList();
    }

    private static void append(StringBuilder pattern, int codePoint, boolean mayHaveOtherCases) {
        String character = Character.toString(codePoint);
        if (mayHaveOtherCases && hasOtherCases(codePoint, character)) {
            pattern.append('_');
        } else if (codePoint == '%' || codePoint == '_' || codePoint == ESCAPE) {
            pattern.append(ESCAPE).append(character);
        } else {
            pattern.append(character);
        }
    }

    private static boolean hasOtherCases(int codePoint, String character) {
        return codePoint < 0x80
                ? "ksi".indexOf(codePoint) >= 0
                : CaseFolding.variants(character).size() > 1;
    }
}
