package io.unifiedmemory.memory;

import io.unifiedmemory.memory.util.Texts;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules for user ids and keys, wherever one is given: 1 or more characters (code points, as JSON Schema counts
 * them), none of them a control character, in valid Unicode; and the one canonical form of each. Stateless.
 */
public final class Names {

    /** The largest number of results of {@link #otherCases}. */
    public static final int MOST_CASES = 4;

    private static final char LAST_ASCII = 0x7F;

    /** A longer name is not one that somebody types again in another case. */
    private static final int LONGEST_IN_CASES = 100;

    /** Characters after which a word begins. */
    private static final String BETWEEN_WORDS = " _-./";

    private Names() {}

    /**
     * The canonical form of a name: composed characters (NFC), without blanks around them. Names that look the same on
     * every screen, and a name that a model wrote with an extra blank, are one name.
     */
    public static String canonical(String text) {
        return composed(withoutBlanks(text, true));
    }

    /** The canonical form of the beginning of a name. */
    public static String canonicalPrefix(String text) {
        return composed(withoutBlanks(text, false));
    }

    /**
     * The forms under which another program, or an earlier release, may have stored a memory: the canonical form, the
     * text as it is, and that text with decomposed characters; each once.
     */
    public static List<String> forms(String text) {
        String canonical = canonical(text);
        return isAscii(text) && canonical.equals(text)
                ? List.of(text)
                : Stream.of(canonical, text, Normalizer.normalize(canonical, Normalizer.Form.NFD))
                        .distinct()
                        .toList();
    }

    /** Whether two names differ only in whether their characters are composed. */
    public static boolean isSame(String one, String other) {
        return one.equals(other) || composed(one).equals(composed(other));
    }

    /**
     * The usual spellings of a name that differ from it only in case: all small letters, all capitals, one capital at
     * the beginning, a capital at the beginning of each word; each once. Empty when the name is long or its letters
     * have no case.
     */
    public static List<String> otherCases(String name) {
        if (name.length() > LONGEST_IN_CASES) {
            return List.of();
        }
        String small = name.toLowerCase(Locale.ROOT);
        String capitals = name.toUpperCase(Locale.ROOT);
        if (small.equals(capitals)) {
            return List.of();
        }
        List<String> cases = new ArrayList<>(MOST_CASES);
        for (String one : new String[] {small, capitals, capitalised(small, ""), capitalised(small, BETWEEN_WORDS)}) {
            String other = composed(one);
            if (!other.equals(name) && !cases.contains(other)) {
                cases.add(other);
            }
        }
        return cases;
    }

    /** The text with a capital at the beginning and after each of the given characters. */
    private static String capitalised(String text, String before) {
        StringBuilder capitalised = new StringBuilder(text.length());
        boolean begins = true;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            capitalised.appendCodePoint(begins ? Character.toTitleCase(character) : character);
            begins = before.indexOf(character) >= 0;
            i += Character.charCount(character);
        }
        return capitalised.toString();
    }

    private static String composed(String text) {
        return isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > LAST_ASCII) {
                return false;
            }
        }
        return true;
    }

    private static String withoutBlanks(String text, boolean atEnd) {
        int start = 0;
        int end = text.length();
        while (start < end && Character.isSpaceChar(text.charAt(start))) {
            start++;
        }
        while (atEnd && end > start && Character.isSpaceChar(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /**
     * Says why a text cannot be a user id or a key, in words that follow what it is called; null when it can be one.
     */
    public static @Nullable String fault(String text, int maxChars) {
        String fault = unicodeFault(text);
        if (fault != null) {
            return fault;
        }
        int chars = text.codePointCount(0, text.length());
        if (chars < 1 || chars > maxChars) {
            return "must have 1 to " + maxChars + " characters, not " + chars;
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return String.format(
                        "must not contain control characters, but has U+%04X at index %d", (int) text.charAt(i), i);
            }
        }
        return null;
    }

    /** Says why a text cannot be part of a memory, in words that follow what it is called; null when it can be. */
    public static @Nullable String unicodeFault(String text) {
        int at = Texts.unpairedSurrogate(text);
        return at < 0 ? null : "is not valid Unicode: unpaired surrogate at index " + at;
    }
}
