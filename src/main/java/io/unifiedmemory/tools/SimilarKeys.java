package io.unifiedmemory.tools;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How else a key may have been spelled: in other case, with other separators between its words, or with none. Only ways in which
 * people and programs write names, so that one look into an index tells whether one of them is there; {@code fooBar} is
 * not guessed from {@code foobar}.
 */
final class SimilarKeys {

    /** Between words; and where a small letter or digit is followed by a capital. */
    private static final Pattern BETWEEN = Pattern.compile("[_\\s-]+|(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})");

    private static final List<String> SEPARATORS = List.of("_", "-", " ", "");

    /** A longer text is no name that somebody spells in another way. */
    private static final int MOST_CHARS = 100;

    private SimilarKeys() {}

    /** Other spellings of a key; empty where it has none. */
    static List<String> of(String key) {
        if (key.length() > MOST_CHARS) {
            return List.of();
        }
        Set<String> all = new LinkedHashSet<>();
        addCases(all, key);
        List<String> words = List.of(BETWEEN.split(key)).stream()
                .filter(word -> !word.isEmpty())
                .map(SimilarKeys::small)
                .toList();
        if (!words.isEmpty()) {
            SEPARATORS.forEach(separator -> addCases(all, words, separator));
        }
        all.remove(key);
        return List.copyOf(all);
    }

    private static void addCases(Set<String> all, String key) {
        all.add(small(key));
        all.add(key.toUpperCase(Locale.ROOT));
        all.add(capitalised(key));
    }

    private static void addCases(Set<String> all, List<String> words, String separator) {
        List<String> capitals = new ArrayList<>(words);
        capitals.replaceAll(SimilarKeys::capitalised);
        String joined = String.join(separator, words);
        addCases(all, joined);
        all.add(String.join(separator, capitals));
        if (separator.isEmpty()) {
            all.add(words.get(0) + capitals.stream().skip(1).collect(Collectors.joining()));
        }
    }

    private static String small(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static String capitalised(String text) {
        int end = text.offsetByCodePoints(0, text.isEmpty() ? 0 : 1);
        return text.substring(0, end).toUpperCase(Locale.ROOT) + text.substring(end);
    }
}
