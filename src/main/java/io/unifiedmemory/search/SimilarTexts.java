package io.unifiedmemory.search;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.SimilarMemory;
import io.unifiedmemory.search.text.Analyzer;
import io.unifiedmemory.search.text.StopWords;
import io.unifiedmemory.search.text.Token;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the memories of one user whose texts are nearly that of another memory: those that share most of their words,
 * whatever the order. Serves one look-up; not thread-safe.
 *
 * <p>Two texts that share most of their words share most of any few of them. So a few words that are rare are looked up,
 * and only the memories that have half of these are read. A text of nothing but frequent words is like too many others
 * for anything to be said.
 *
 * @param <E> the exception with which reading fails
 */
public final class SimilarTexts<E extends Exception> {

    /** The likeness from which on two texts are similar. */
    public static final double SIMILAR = 0.6;

    /** Shorter texts have words in common by chance. */
    private static final int FEWEST_WORDS = 3;

    /** A longer text, in characters, takes too long to compare. */
    private static final int LONGEST_TEXT = 8 * 1024;

    /** Words that are looked up. */
    private static final int LOOK_UPS = 8;

    /** A word that more memories have is not rare. */
    private static final int RARE = 64;

    /** Memories that are read for each that is wanted: some are gone, and some only share the words looked up. */
    private static final int READS = 3;

    private final @Nullable IndexReader<E> index;
    private final MemoryReader<E> memories;

    /** @param index null where nothing is indexed */
    public SimilarTexts(@Nullable IndexReader<E> index, MemoryReader<E> memories) {
        this.index = index;
        this.memories = memories;
    }

    /**
     * The most similar memories under other keys, the most similar first.
     *
     * @param unindexed memories that the index does not know as they are now: each is compared
     * @param stop whether to end with what has been found
     */
    public List<SimilarMemory> to(
            MemoryEntry memory, Collection<MemoryEntry> unindexed, int limit, BooleanSupplier stop) throws E {
        Set<String> words = words(memory.value());
        if (words.size() < FEWEST_WORDS) {
            return List.of();
        }
        Map<String, SimilarMemory> similar = new HashMap<>();
        for (MemoryEntry other : unindexed) {
            if (stop.getAsBoolean()) {
                break;
            }
            compare(memory, words, other, similar);
        }
        long[] candidates = index == null ? new long[0] : candidates(index, words, limit * READS, stop);
        memories.expect(candidates);
        for (long candidate : candidates) {
            if (stop.getAsBoolean()) {
                break;
            }
            MemoryEntry other = memories.load(candidate);
            if (other != null) {
                compare(memory, words, other, similar);
            }
        }
        return best(similar.values(), limit);
    }

    private static void compare(
            MemoryEntry memory, Set<String> words, MemoryEntry other, Map<String, SimilarMemory> similar) {
        if (!other.key().equals(memory.key())) {
            double likeness = likeness(words, words(other.value()));
            if (likeness >= SIMILAR) {
                similar.put(other.key(), new SimilarMemory(other, likeness));
            }
        }
    }

    private static <E extends Exception> long[] candidates(
            IndexReader<E> index, Set<String> words, int most, BooleanSupplier stop) throws E {
        List<Expression> telling = words.stream()
                .sorted(SimilarTexts::byTelling)
                .limit(LOOK_UPS)
                .map(Expression::stem)
                .toList();
        index.expect(telling, List.of());
        Map<Long, Integer> shared = new HashMap<>();
        int rare = 0;
        for (Expression word : telling) {
            if (stop.getAsBoolean()) {
                return new long[0];
            }
            long[] postings = index.postings(word, 2 * RARE); // a word that is repeated has two
            if (postings.length < 2 * RARE) {
                rare++;
                Arrays.stream(postings)
                        .filter(posting -> DocumentNumber.field(posting) == DocumentNumber.Field.TEXT)
                        .forEach(document -> shared.merge(document, 1, Integer::sum));
            }
        }
        return candidates(shared, rare, words.size(), most);
    }

    /** A long word is rarely a frequent one, and a number hardly ever is: numbers first, then the longest. */
    private static int byTelling(String one, String other) {
        int number = Boolean.compare(Character.isDigit(other.charAt(0)), Character.isDigit(one.charAt(0)));
        int length = Integer.compare(other.length(), one.length());
        return number != 0 ? number : length != 0 ? length : one.compareTo(other);
    }

    private static long[] candidates(Map<Long, Integer> shared, int lookedUp, int words, int most) {
        return shared.entrySet().stream()
                .filter(candidate -> 2 * candidate.getValue() >= lookedUp)
                .filter(candidate -> DocumentNumber.words(candidate.getKey()) >= SIMILAR * words / 2)
                .sorted(SimilarTexts::byShared)
                .limit(most)
                .mapToLong(candidate -> DocumentNumber.id(candidate.getKey()))
                .toArray();
    }

    private static int byShared(Map.Entry<Long, Integer> one, Map.Entry<Long, Integer> other) {
        int shared = other.getValue().compareTo(one.getValue());
        return shared != 0 ? shared : other.getKey().compareTo(one.getKey());
    }

    /** Tells to stop once that much time is over from now. */
    public static BooleanSupplier after(Duration within) {
        long end = System.nanoTime() + within.toNanos();
        return () -> System.nanoTime() - end >= 0;
    }

    /** The most similar first; among equal ones the first key. */
    public static List<SimilarMemory> best(Collection<SimilarMemory> similar, int limit) {
        return similar.stream().sorted(SimilarTexts::byLikeness).limit(limit).toList();
    }

    private static int byLikeness(SimilarMemory one, SimilarMemory other) {
        int likeness = Double.compare(other.likeness(), one.likeness());
        return likeness != 0
                ? likeness
                : one.entry().key().compareTo(other.entry().key());
    }

    /** How alike two texts are, 0 to 1; 0 where one is too short or too long to say. */
    public static double likeness(String one, String other) {
        return likeness(words(one), words(other));
    }

    /** The share of words that two texts have in common: the Jaccard index. */
    private static double likeness(Set<String> one, Set<String> other) {
        if (one.size() < FEWEST_WORDS || other.size() < FEWEST_WORDS) {
            return 0;
        }
        long common = one.stream().filter(other::contains).count();
        return (double) common / (one.size() + other.size() - common);
    }

    /** The words that tell what a text is about; empty where it is too long. */
    private static Set<String> words(String text) {
        Set<String> words = new LinkedHashSet<>();
        if (text.length() <= LONGEST_TEXT) {
            for (Token token : Analyzer.tokens(text)) {
                if (!StopWords.contains(token.form())) {
                    words.add(token.term());
                }
            }
        }
        return words;
    }
}
