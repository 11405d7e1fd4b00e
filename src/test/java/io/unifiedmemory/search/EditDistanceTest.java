package io.unifiedmemory.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EditDistanceTest {

    @ParameterizedTest
    @CsvSource({
        "tea, tea, 0",
        "tea, ta, 1",
        "tea, teas, 1",
        "tea, tee, 1",
        "tea, tae, 1",
        "kitten, sitting, 3",
        "ab, ba, 1",
        "abcd, badc, 2",
        "ca, abc, 3",
        "'', a, 1",
        "'', '', 0",
        "'', abc, 3"
    })
    void countsSlips(String a, String b, int distance) {
        for (int most = 0; most < 5; most++) {
            assertThat(new EditDistance(a, most).isWithin(b)).isEqualTo(distance <= most);
            assertThat(new EditDistance(b, most).isWithin(a)).isEqualTo(distance <= most);
        }
    }

    /** Words of few letters, one often made of the other, so that every distance up to some slips more occurs often. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void findsWhatTheWholeTableFinds(int most) {
        Random random = new Random(most);
        int within = 0;
        for (int words = 0; words < 500; words++) {
            String word = word(random, random.nextInt(12));
            EditDistance distance = new EditDistance(word, most);
            for (int others = 0; others < 40; others++) {
                String other = random.nextBoolean()
                        ? word(random, random.nextInt(12))
                        : withSlips(word, random, random.nextInt(most + 2));
                boolean expected = wholeTable(word, other) <= most;
                assertThat(distance.isWithin(other))
                        .as("%s and %s within %d", word, other, most)
                        .isEqualTo(expected);
                within += expected ? 1 : 0;
            }
        }
        assertThat(within).isBetween(1_000, 19_000);
    }

    @Test
    void oneObjectComparesOneAfterTheOther() {
        EditDistance distance = new EditDistance("garden", 1);
        assertThat(distance.isWithin("zzzzzz")).isFalse();
        assertThat(distance.isWithin("graden")).isTrue();
        assertThat(distance.isWithin("garde")).isTrue();
        assertThat(distance.isWithin("")).isFalse();
        assertThat(distance.isWithin("gardens")).isTrue();
    }

    private static String word(Random random, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(3)));
        }
        return word.toString();
    }

    private static String withSlips(String word, Random random, int slips) {
        StringBuilder text = new StringBuilder(word);
        for (int i = 0; i < slips; i++) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(3)) {
                case 0 -> text.insert(at, (char) ('a' + random.nextInt(3)));
                case 1 -> text.delete(at, at + 1);
                default -> {
                    if (at + 1 < text.length()) {
                        char first = text.charAt(at);
                        text.setCharAt(at, text.charAt(at + 1));
                        text.setCharAt(at + 1, first);
                    }
                }
            }
        }
        return text.toString();
    }

    /** By the book: every cell of the table. */
    private static int wholeTable(String a, String b) {
        int[][] distance = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            distance[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            distance[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replaced = distance[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replaced, Math.min(distance[i - 1][j], distance[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                distance[i][j] = swapped ? Math.min(best, distance[i - 2][j - 2] + 1) : best;
            }
        }
        return distance[a.length()][b.length()];
    }
}
