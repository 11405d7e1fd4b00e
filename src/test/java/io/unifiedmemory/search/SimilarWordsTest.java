package io.unifiedmemory.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.search.text.Analyzer;
import io.unifiedmemory.search.text.Token;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarWordsTest {

    @ParameterizedTest
    @CsvSource({
        "gard, garden gardens yard, garden", // longer ones
        "gar, garden, garden",
        "ga, garden, ''", // too short
        "garden, gardne garten, gardn garten", // one slip
        "garden, gardnen gradne warden, gardnen", // no two in a short word
        "photograf, photograph graph, photograph", // two in a long one
        "yarden, garden, ''", // another first letter
        "tae, tea, ''", // no slip in so short a word
        "walkde, walking walks, walk" // another form
    })
    void standForWordsThatNobodyUsed(String word, String vocabulary, String terms) {
        Set<String> expected = new LinkedHashSet<>();
        for (String term : terms.split(" ", -1)) {
            expected.addAll(Analyzer.tokens(term).stream().map(Token::term).toList());
        }

        assertThat(of(word, List.of(vocabulary.split(" ", -1)))).containsExactlyElementsOf(expected);
    }

    @Test
    void areAtMostEight() {
        List<String> many = new ArrayList<>();
        for (char last = 'a'; last < 'p'; last++) {
            many.add("pond" + last + "k");
        }

        assertThat(of("pond", many)).hasSize(8);
        assertThat(of("pondqk", many)).hasSize(8);
    }

    /** Words of few letters, most of which are a slip or two, or an ending, away from each other. */
    @Test
    void areThoseOfAFullComparison() {
        int longer = 0;
        int near = 0;
        for (int seed = 0; seed < 4_000; seed++) {
            Random random = new Random(seed);
            Set<String> vocabulary = new TreeSet<>();
            String word = word(random);
            for (int words = random.nextInt(12); words > 0; words--) {
                vocabulary.add(random.nextInt(3) > 0 ? withSlips(word, random) : word(random));
            }

            Set<String> expected = naive(word, vocabulary);
            assertThat(of(word, vocabulary))
                    .as("seed %d, %s in %s", seed, word, vocabulary)
                    .containsExactlyElementsOf(expected);
            boolean begins = vocabulary.stream().anyMatch(known -> known.startsWith(word));
            longer += !expected.isEmpty() && begins ? 1 : 0;
            near += !expected.isEmpty() && !begins ? 1 : 0;
        }
        assertThat(longer).isGreaterThan(200);
        assertThat(near).isGreaterThan(200);
    }

    private static Set<String> of(String word, Iterable<String> vocabulary) {
        return SimilarWords.of(Analyzer.tokens(word).get(0), (prefix, most) -> {
            List<String> found = new ArrayList<>();
            for (String known : vocabulary) {
                if (known.startsWith(prefix) && found.size() < most) {
                    found.add(known);
                }
            }
            return found;
        });
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int letters = 1 + random.nextInt(10); letters > 0; letters--) {
            word.append("abe".charAt(random.nextInt(3)));
        }
        return word + (random.nextInt(3) == 0 ? "ing" : random.nextInt(3) == 0 ? "s" : "");
    }

    /** One to three, or an ending. */
    private static String withSlips(String word, Random random) {
        StringBuilder text = new StringBuilder(word);
        for (int slips = 1 + random.nextInt(3); slips > 0; slips--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, 'b');
                case 1 -> text.setCharAt(at, 'e');
                case 2 -> text.deleteCharAt(at).append(text.length() == 0 ? "a" : "");
                default -> text.append("ed");
            }
        }
        return text.toString();
    }

    private static Set<String> naive(String word, Set<String> vocabulary) {
        Set<String> terms = new LinkedHashSet<>();
        if (word.length() < 3) {
            return terms;
        }
        add(terms, vocabulary.stream().filter(known -> known.startsWith(word)).toList());
        for (int slips = 1; terms.isEmpty() && word.length() >= 4 && slips <= (word.length() < 8 ? 1 : 2); slips++) {
            int most = slips;
            add(
                    terms,
                    sameLetter(word, vocabulary)
                            .filter(known -> slips(word, known) <= most)
                            .toList());
        }
        if (terms.isEmpty() && word.length() >= 4) {
            String term = term(word);
            sameLetter(word, vocabulary)
                    .filter(known -> Math.abs(known.length() - term.length()) <= 3)
                    .map(SimilarWordsTest::term)
                    .distinct()
                    .filter(known -> slips(term, known) <= 1)
                    .limit(8)
                    .forEach(terms::add);
        }
        return terms;
    }

    private static Stream<String> sameLetter(String word, Set<String> vocabulary) {
        return vocabulary.stream().filter(known -> known.charAt(0) == word.charAt(0));
    }

    private static void add(Set<String> terms, List<String> words) {
        words.stream().map(SimilarWordsTest::term).distinct().limit(8).forEach(terms::add);
    }

    private static String term(String word) {
        return Analyzer.tokens(word).get(0).term();
    }

    /** How many letters to insert, delete, replace or swap: the whole table. */
    private static int slips(String a, String b) {
        int[][] slips = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                int best = i == 0 ? j : j == 0 ? i : Integer.MAX_VALUE;
                if (i > 0 && j > 0) {
                    best = Math.min(
                            Math.min(slips[i - 1][j], slips[i][j - 1]) + 1,
                            slips[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                }
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, slips[i - 2][j - 2] + 1);
                }
                slips[i][j] = best;
            }
        }
        return slips[a.length()][b.length()];
    }
}
