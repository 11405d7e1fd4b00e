package io.unifiedmemory.store;

import io.unifiedmemory.search.text.CaseFolding;

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
