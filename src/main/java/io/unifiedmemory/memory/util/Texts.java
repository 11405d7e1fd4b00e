package io.unifiedmemory.memory.util;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cuts texts, and repairs texts of other programs so that a reply can hold them. A character is what a person takes for
 * one: letters keep their combining marks, and an emoji of several code points stays whole. Stateless.
 */
public final class Texts {

    private static final String ELLIPSIS = "...";
    private static final char REPLACEMENT = '\uFFFD';

    /** U+2028; the next code point is the paragraph separator. */
    private static final char LINE_SEPARATOR = '\u2028';

    /** Except for CR and LF, no character below this one joins its neighbours. */
    private static final char FIRST_JOINED = '\u0300';

    /** How far before a cut the boundaries of characters are computed, in UTF-16 units. */
    private static final int LOOK_BACK = 256;

    /**
     * The longest character, in UTF-16 units. Emoji of families and flags have twenty; anything longer is cut by code
     * point.
     */
    private static final int LONGEST = 64;

    private Texts() {}

    /** The beginning of a text: at most {@code most} UTF-16 units, and no partial character. */
    public static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, boundary(text, most));
    }

    /** The beginning of a text, with three dots where the rest is missing. */
    public static String shortened(String text, int most) {
        return text.length() <= most ? text : cut(text, most) + ELLIPSIS;
    }

    /** The last boundary between characters at or before an index, which may lie outside the text. */
    public static int boundary(String text, int index) {
        if (index <= 0 || index >= text.length()) {
            return Math.max(0, Math.min(index, text.length()));
        }
        int from = index;
        while (from > 0 && index - from < LOOK_BACK && !isSureBoundary(text, from)) {
            from--;
        }
        if (from == index) {
            return index;
        }
        from = codePointBoundary(text, from);
        int last = from;
        Matcher characters = Characters.PATTERN.matcher(text).region(from, Math.min(text.length(), index + LOOK_BACK));
        while (characters.find() && characters.end() <= index) {
            last = characters.end();
        }
        return last > 0 && index - last <= LONGEST ? last : codePointBoundary(text, index);
    }

    private static boolean isSureBoundary(String text, int index) {
        char before = text.charAt(index - 1);
        char after = text.charAt(index);
        return before < FIRST_JOINED && after < FIRST_JOINED && !(before == '\r' && after == '\n');
    }

    private static int codePointBoundary(String text, int index) {
        boolean splits = index > 0
                && Character.isLowSurrogate(text.charAt(index))
                && Character.isHighSurrogate(text.charAt(index - 1));
        return splits ? index - 1 : index;
    }

    /**
     * The text with U+FFFD for each unpaired surrogate, which has no bytes in UTF-8; the text itself when it has none.
     */
    public static String whole(String text) {
        if (unpairedSurrogate(text) < 0) {
            return text;
        }
        StringBuilder whole = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> whole.appendCodePoint(isHalf(codePoint) ? REPLACEMENT : codePoint));
        return whole.toString();
    }

    /** The text on one line: each line end and control character is replaced by its number. */
    public static String oneLine(String text) {
        if (text.chars().noneMatch(Texts::isControl)) {
            return text;
        }
        StringBuilder line = new StringBuilder();
        text.chars().forEach(c -> line.append(isControl(c) ? String.format("\\u%04x", c) : String.valueOf((char) c)));
        return line.toString();
    }

    private static boolean isControl(int c) {
        return Character.isISOControl(c) || c == LINE_SEPARATOR || c == LINE_SEPARATOR + 1;
    }

    private static boolean isHalf(int codePoint) {
        return Character.getType(codePoint) == Character.SURROGATE;
    }

    /** Replaces the unpaired surrogates in every text and name of a JSON value. */
    public static @Nullable Object wholeJson(@Nullable Object value) {
        if (value instanceof String text) {
            return whole(text);
        }
        if (value instanceof Map<?, ?> object) {
            return wholeObject(object);
        }
        if (value instanceof Iterable<?> array) {
            List<@Nullable Object> whole = new ArrayList<>();
            array.forEach(element -> whole.add(wholeJson(element)));
            return whole;
        }
        return value;
    }

    /** Replaces the unpaired surrogates in every text and name of a JSON object. */
    public static Map<String, Object> wholeObject(Map<?, ?> object) {
        Map<String, Object> whole = new LinkedHashMap<>();
        object.forEach((name, value) -> whole.put(whole(String.valueOf(name)), wholeJson(value)));
        return whole;
    }

    /** Holds a pattern that is compiled when a text is first cut near something other than plain letters. */
    private static final class Characters {
        private static final Pattern PATTERN = Pattern.compile("\\X");
    }

    /** The index of the first unpaired surrogate, which has no bytes in UTF-8; -1 when there is none. */
    public static int unpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
