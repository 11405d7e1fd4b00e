package io.unifiedmemory.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScoresTest {

    @Test
    void addsUpWhateverTheOrder() {
        Scores scores = new Scores();
        scores.add(7, 1);
        scores.add(9, 2);
        scores.add(3, 4);
        scores.add(7, 8);

        assertThat(scores.size()).isEqualTo(3);
        assertThat(scores.get(7)).isEqualTo(9);
        assertThat(scores.get(9)).isEqualTo(2);
        assertThat(scores.get(3)).isEqualTo(4);
        assertThat(scores.get(5)).isZero();
    }

    @Test
    void ofEqualScoresTheLatestIsBest() {
        Scores scores = new Scores();
        for (long document = 1; document <= 6; document++) {
            scores.add(document, document == 2 ? 3 : 1);
        }

        assertThat(scores.best(0)).isEmpty();
        assertThat(scores.best(3)).containsExactly(2, 6, 5);
        assertThat(scores.best(100)).containsExactly(2, 6, 5, 4, 3, 1);
        assertThat(new Scores().best(10)).isEmpty();
    }

    /** What was added to others has not changed, and can be added again. */
    @Test
    void addingToOthersLeavesTheseAsTheyAre() {
        Scores these = new Scores();
        these.add(1, 1);
        these.add(2, 1);
        Scores others = new Scores();
        others.add(2, 2);
        others.add(3, 2);

        these.addTo(others);
        these.addTo(others);

        assertThat(these.best(9)).containsExactly(2, 1);
        assertThat(others.best(9)).containsExactly(2, 3, 1);
        assertThat(others.get(2)).isEqualTo(4);
        assertThat(others.get(1)).isEqualTo(2);
    }

    /** Few documents and few scores, so that documents meet again and ties are frequent. */
    @Test
    void agreesWithAMapAndAFullSort() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            Map<Long, Double> expected = new TreeMap<>();
            Scores scores = filled(random, expected);
            for (int more = random.nextInt(3); more > 0; more--) {
                Scores others = filled(random, expected);
                scores.addTo(others);
                scores = others;
            }
            Scores found = scores;

            assertThat(found.size()).as("seed %d", seed).isEqualTo(expected.size());
            assertThat(LongStream.range(-2, 250).mapToDouble(found::get).toArray())
                    .as("seed %d", seed)
                    .isEqualTo(LongStream.range(-2, 250)
                            .mapToDouble(document -> expected.getOrDefault(document, 0.0))
                            .toArray());
            int most = random.nextInt(expected.size() + 5);
            assertThat(found.best(most)).as("seed %d, best %d", seed, most).isEqualTo(sorted(expected, most));
        }
    }

    /** Adds to both, now in the order in which lists of hits come, now in none. The scores add up without rounding. */
    private static Scores filled(Random random, Map<Long, Double> expected) {
        Scores scores = new Scores();
        boolean descending = random.nextBoolean();
        int documents = 1 + random.nextInt(240);
        int count = random.nextInt(random.nextBoolean() ? 10 : 200);
        for (int i = 0; i < count; i++) {
            long document = descending ? documents - (long) i * documents / count : random.nextInt(documents);
            double score = (random.nextInt(9) - 2) / 4.0;
            scores.add(document, score);
            expected.merge(document, score, Double::sum);
        }
        return scores;
    }

    private static long[] sorted(Map<Long, Double> scores, int most) {
        return scores.entrySet().stream()
                .sorted(Map.Entry.<Long, Double>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                        .reversed())
                .limit(most)
                .mapToLong(Map.Entry::getKey)
                .toArray();
    }
}
