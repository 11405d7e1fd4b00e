package io.unifiedmemory.search.text;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Defines "ignoring case" for searches: code points are equal when {@link String#equalsIgnoreCase} treats them as
 * equal, one by one, in every script and independently of the locale. Stateless.
 */
public final class CaseFolding {

    /** Replaces NUL, because SQLite reads some texts only up to the first one. */
    private static final int NUL_STAND_IN = 0xFFFD;

    private static final int LAST_ASCII = 0x7F;

    private CaseFolding() {}

    /**
     * Replaces every code point by the one that represents all its cases; returns the text itself if nothing changes.
     */
    public static String fold(String text) {
        int same = 0;
        while (same < text.length() && isItsOwn(text.charAt(same))) {
            same++;
        }
        return same == text.length() ? text : foldBehind(text, same);
    }

    /** Whether a character is ASCII and folds to itself. */
    private static boolean isItsOwn(char c) {
        return c <= LAST_ASCII && (c < 'A' || c > 'Z') && c != 0;
    }

    /** Folds the rest of a text. Folding never changes the number of characters of a code point. */
    private static String foldBehind(String text, int start) {
        char[] folded = text.toCharArray();
        for (int i = start; i < folded.length; ) {
            char c = folded[i];
            if (c <= LAST_ASCII) {
                folded[i++] = (char) fold(c);
            } else {
                i += Character.toChars(fold(text.codePointAt(i)), folded, i);
            }
        }
        return new String(folded);
    }

    private static int fold(int codePoint) {
        if (codePoint <= LAST_ASCII) {
            if (codePoint == 0) {
                return NUL_STAND_IN;
            }
            return codePoint >= 'A' && codePoint <= 'Z' ? codePoint + ('a' - 'A') : codePoint;
        }
        return Character.toLowerCase(Character.toUpperCase(codePoint));
    }

    /** Returns every text that folds like the given one; meant for one or two code points. */
    public static List<String> variants(String text) {
        List<String> variants = List.of("");
        for (int codePoint : text.codePoints().toArray()) {
            List<String> endings = Cases.of(fold(codePoint));
            variants = variants.stream()
                    .flatMap(start -> endings.stream().map(start::concat))
                    .toList();
        }
        return variants;
    }

    /** The code points that fold to another one, by that one; read from the Unicode tables at first use. */
    private static final class Cases {

        private static final int LAST_WITH_CASES = 0x1FFFF;

        private static final Map<Integer, List<String>> BY_FOLDED = IntStream.rangeClosed(0, LAST_WITH_CASES)
                .filter(codePoint -> fold(codePoint) != codePoint)
                .boxed()
                .collect(Collectors.groupingBy(
                        CaseFolding::fold, Collectors.mapping(Character::toString, Collectors.toList())));

        static List<String> of(int folded) {
            return Stream.concat(
                            Stream.of(Character.toString(folded)), BY_FOLDED.getOrDefault(folded, List.of()).stream())
                    .toList();
        }
    }
}
