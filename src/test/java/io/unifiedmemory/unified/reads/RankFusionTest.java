package io.unifiedmemory.unified.reads;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.unified.reads.SearchResult.FusedHit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RankFusionTest {

    private static final double SAME = 1e-12;

    private static Hit hit(String key, long version, boolean containsQuery) {
        Instant time = version == 0 ? null : Instant.ofEpochSecond(version);
        return new Hit(
                new MemoryEntry("u", key, "version " + version, Map.of(), time, time, new HlcTimestamp(version)),
                containsQuery,
                0);
    }

    @Test
    void whatTwoFoundStandsBeforeWhatOneFoundAndTheNewestIsShown() {
        RankFusion fusion = new RankFusion();
        fusion.add("local", 1, List.of(hit("a", 3, false), hit("b", 1, false)), false);
        fusion.add("other", RankFusion.OTHERS, List.of(hit("b", 2, false), hit("c", 1, false)), false);

        List<FusedHit> hits = fusion.bestFirst();

        assertThat(hits).extracting(hit -> hit.entry().key()).containsExactly("b", "a", "c");
        assertThat(hits.get(0).entry().value()).isEqualTo("version 2");
        assertThat(hits.get(0).backends()).containsExactly("local", "other");
        assertThat(hits.get(0).score()).isEqualTo(1 / 62.0 + 0.95 / 61.0, Offset.offset(SAME));
        assertThat(fusion.newestFirst()).extracting(hit -> hit.entry().key()).containsExactly("a", "b", "c");
    }

    @Test
    void whatContainsTheQueryComesFirst() {
        RankFusion fusion = new RankFusion();
        fusion.add("local", 1, List.of(hit("a", 1, false), hit("b", 1, true)), false);

        assertThat(fusion.bestFirst()).extracting(hit -> hit.entry().key()).containsExactly("b", "a");
        assertThat(fusion.bestFirst().get(0).score()).isEqualTo(1 + 1 / 62.0, Offset.offset(SAME));
    }

    /** Where the only ranking that can have it also has what others found, it counts as if it stood there in all. */
    @Test
    void whatAnotherProgramWroteIsNoWorseForStandingInOneRanking() {
        RankFusion fusion = new RankFusion();
        fusion.add("local", 1, List.of(hit("a", 1, false)), false);
        fusion.add("graph", RankFusion.OTHERS, List.of(hit("theirs", 0, false), hit("a", 1, false)), false);

        assertThat(fusion.bestFirst()).extracting(hit -> hit.entry().key()).containsExactly("theirs", "a");
        assertThat(fusion.bestFirst().get(0).score()).isEqualTo(1.95 / 61, Offset.offset(SAME));
    }

    @Test
    void scoresAreTheSumsOfReciprocalRanks() {
        List<String> names = List.of("local", "graph", "peer");
        for (int seed = 0; seed < 1_500; seed++) {
            Random random = new Random(seed);
            Map<String, List<Hit>> rankings = new LinkedHashMap<>();
            RankFusion fusion = new RankFusion();
            for (String name : names.subList(0, 1 + random.nextInt(3))) {
                rankings.put(name, ranking(random));
                fusion.add(name, weight(name), rankings.get(name), false);
            }
            Map<String, FusedHit> expected = naive(rankings, true);

            List<FusedHit> best = fusion.bestFirst();
            List<FusedHit> newest = fusion.newestFirst();

            assertThat(best).as("seed %d", seed).hasSameSizeAs(expected.keySet());
            for (FusedHit hit : best) {
                same(hit, expected, seed);
            }
            assertThat(best)
                    .as("seed %d", seed)
                    .isSortedAccordingTo(
                            Comparator.comparingDouble(FusedHit::score).reversed());
            Map<String, FusedHit> withoutBonus = naive(rankings, false);
            assertThat(newest)
                    .as("seed %d", seed)
                    .hasSameSizeAs(expected.keySet())
                    .isSortedAccordingTo(Comparator.comparing(FusedHit::entry, SearchOrder.NEWEST_FIRST));
            for (FusedHit hit : newest) {
                same(hit, withoutBonus, seed);
            }
        }
    }

    private static void same(FusedHit hit, Map<String, FusedHit> all, int seed) {
        FusedHit expected = Objects.requireNonNull(all.get(hit.entry().key()));
        assertThat(hit.entry()).as("seed %d", seed).isEqualTo(expected.entry());
        assertThat(hit.backends()).as("seed %d", seed).isEqualTo(expected.backends());
        assertThat(hit.score()).as("seed %d, %s", seed, hit).isEqualTo(expected.score(), Offset.offset(SAME));
    }

    private static double weight(String backend) {
        return backend.equals("local") ? 1 : RankFusion.OTHERS;
    }

    private static List<Hit> ranking(Random random) {
        List<String> keys = new ArrayList<>(Arrays.asList("a b c d e f g h".split(" ", -1)));
        Collections.shuffle(keys, random);
        return keys.subList(0, random.nextInt(keys.size() + 1)).stream()
                .map(key -> hit(key, random.nextInt(4), random.nextBoolean()))
                .toList();
    }

    /** @param byRelevance whether what contains the query, and what only one backend can have, is put forward */
    private static Map<String, FusedHit> naive(Map<String, List<Hit>> rankings, boolean byRelevance) {
        Map<String, Set<String>> foundBy = new LinkedHashMap<>();
        rankings.forEach((backend, hits) ->
                hits.forEach(hit -> foundBy.computeIfAbsent(hit.entry().key(), key -> new LinkedHashSet<>())
                        .add(backend)));
        Map<String, FusedHit> fused = new LinkedHashMap<>();
        foundBy.forEach((key, backends) -> {
            List<Hit> kept = new ArrayList<>();
            double score = 0;
            for (String backend : backends) {
                List<Hit> ranking = rankings.getOrDefault(backend, List.of());
                for (int rank = 1; rank <= ranking.size(); rank++) {
                    if (ranking.get(rank - 1).entry().key().equals(key)) {
                        score += weight(backend) / (60 + rank);
                        kept.add(ranking.get(rank - 1));
                    }
                }
            }
            Hit newest = kept.stream()
                    .reduce((held, next) -> WriteOrder.isNewer(next.entry(), held.entry()) ? next : held)
                    .orElseThrow();
            if (byRelevance) {
                boolean sharesHits =
                        foundBy.values().stream().anyMatch(others -> others.size() > 1 && others.containsAll(backends));
                if (newest.entry().isForeign() && backends.size() == 1 && sharesHits) {
                    double all = rankings.keySet().stream()
                            .mapToDouble(RankFusionTest::weight)
                            .sum();
                    score *= all / weight(backends.iterator().next());
                }
                score += newest.containsQuery() ? 1 : 0;
            }
            fused.put(key, new FusedHit(newest.entry(), score, List.copyOf(backends), false, false));
        });
        return fused;
    }
}
