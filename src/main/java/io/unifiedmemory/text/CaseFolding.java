package io.unifiedmemory.text;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What "ignoring case" means in a search: code points are the same when {@link String#equalsIgnoreCase} holds them to
 * be, one by one, in every script and independent of the locale. Stateless.
 */
public final class CaseFolding {

    /** SQLite reads some texts up to the first NUL. */
    private static final int NUL_STAND_IN = 0xFFFD;

    private static final int LAST_ASCII = 0x7F;

    private CaseFolding() {}

    /** The text with every code point replaced by the one that stands for all its cases. */
    public static String fold(String text) {
        StringBuilder folded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            folded.appendCodePoint(fold(codePoint));
        }
        return folded.toString();
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

    /** Every text that folds as the given one does; meant for one or two code points. */
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
