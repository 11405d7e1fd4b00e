package io.unifiedmemory.tools;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.search.text.CaseFolding;
import io.unifiedmemory.unified.reads.KnownHere;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of a user that resemble one under which nothing is kept: those that stand near it in the order of keys, where
 * most slips leave a key. A few short reads of the store of record, however much that holds. Thread-safe.
 */
final class NearKeys {

    private static final Logger LOG = LoggerFactory.getLogger(NearKeys.class);

    private static final int MOST = 5;

    /** Keys that one read looks at, and the characters of their texts after which it looks at no more. */
    private static final int AT_ONCE = 20;

    private static final int AT_ONCE_CHARS = 64 * 1024;

    private static final int SHORTEST_BEGINNING = 2;
    private static final int MOST_CHARS = 100;

    /** Of the pairs of neighbouring letters in two keys, how many have to be the same for them to resemble each other. */
    private static final double ALIKE = 0.4;

    /** Whoever finds a key as similar as this need not look further. */
    private static final double VERY_ALIKE = 0.75;

    /** Between the words of a key: punctuation, or a capital behind a small letter. */
    private static final Pattern SEPARATORS = Pattern.compile("[\\p{Punct}\\s]+|(?<=\\p{Ll})(?=\\p{Lu})");

    private final KnownHere store;

    NearKeys(KnownHere store) {
        this.store = store;
    }

    /** The most similar keys first; empty when there are none, or the store cannot say. */
    List<String> of(String userId, String key) {
        String words = words(key);
        if (words.isEmpty()) {
            return List.of();
        }
        Set<String> wanted = pairs(words);
        Map<String, Double> likeness = new HashMap<>();
        try {
            for (String beginning : beginnings(key)) {
                for (MemoryEntry entry : store.list(new ListRequest(userId, beginning, AT_ONCE, AT_ONCE_CHARS))) {
                    double alike = likeness(wanted, pairs(words(entry.key())));
                    if (alike >= ALIKE) {
                        likeness.put(entry.key(), alike);
                    }
                }
                if (likeness.values().stream().anyMatch(alike -> alike >= VERY_ALIKE)) {
                    break;
                }
            }
        } catch (BackendException e) {
            LOG.debug("no similar keys can be named: {}", e.getMessage());
        }
        return likeness.entrySet().stream()
                .sorted(NearKeys::byLikeness)
                .limit(MOST)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The most similar first. */
    private static int byLikeness(Map.Entry<String, Double> one, Map.Entry<String, Double> other) {
        int likeness = other.getValue().compareTo(one.getValue());
        return likeness != 0 ? likeness : one.getKey().compareTo(other.getKey());
    }

    /** Where similar keys may begin: at the beginnings of this one, the longest first, and with another first letter. */
    private static Set<String> beginnings(String key) {
        Set<String> beginnings = new LinkedHashSet<>();
        String firstWord = SEPARATORS.split(Texts.cut(key, MOST_CHARS), 2)[0];
        for (String beginning : List.of(
                Texts.cut(key, key.length() * 3 / 4), firstWord, Texts.cut(firstWord, firstWord.length() / 2))) {
            if (beginning.length() >= SHORTEST_BEGINNING) {
                beginnings.add(beginning);
            }
        }
        if (!firstWord.isEmpty()) {
            int letter = firstWord.codePointAt(0);
            int other = Character.isUpperCase(letter) ? Character.toLowerCase(letter) : Character.toTitleCase(letter);
            String rest = firstWord.substring(Character.charCount(letter));
            beginnings.add(Character.toString(other) + Texts.cut(rest, rest.length() / 2));
        }
        return beginnings;
    }

    private static String words(String key) {
        String apart = SEPARATORS.matcher(Texts.cut(key, MOST_CHARS)).replaceAll(" ");
        return CaseFolding.fold(apart).strip();
    }

    /** The pairs of neighbouring letters within the words, and the letters with which words begin. */
    private static Set<String> pairs(String words) {
        Set<String> pairs = new HashSet<>();
        String spaced = " " + words;
        for (int i = 0; i + 1 < spaced.length(); i++) {
            if (spaced.charAt(i + 1) != ' ') {
                pairs.add(spaced.substring(i, i + 2));
            }
        }
        return pairs;
    }

    /** Dice's coefficient of two sets: 0 for nothing in common, 1 for equal ones. */
    private static double likeness(Set<String> one, Set<String> other) {
        long common = one.stream().filter(other::contains).count();
        return one.isEmpty() || other.isEmpty() ? 0 : 2.0 * common / (one.size() + other.size());
    }
}
