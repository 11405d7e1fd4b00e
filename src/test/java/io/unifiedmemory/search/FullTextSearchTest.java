package io.unifiedmemory.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.search.InMemoryIndex.Document;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FullTextSearchTest {

    private static final Instant START = Instant.parse("2023-05-01T00:00:00Z");
    private static final double SAME = 1e-9;
    private static final List<String> SESSIONS = List.of("one", "two");
    private static final List<String> TOPICS = List.of("garden", "tea", "2023", "May walks");

    /** What stands here in words holds of the expectations below, too. */
    @Test
    void whatContainsTheQueryComesFirstAndWhatIsGoneIsPassedOver() {
        InMemoryIndex index = new InMemoryIndex();
        add(index, 1, "a", "tea tea tea, garden garden");
        add(
                index,
                2,
                "b",
                "a long text in which somebody had tea, in the shade of some oaks and in a garden with a pond");
        add(index, 3, "c", "there was a tea garden");
        add(index, 4, "d", "tea garden");
        add(index, 5, "e", "nothing of it");
        index.remove(4);

        List<Hit> hits = search(index, new SearchRequest("u", Query.of("tea garden"), 10));

        assertThat(hits).extracting(hit -> hit.entry().key()).containsExactly("c", "a", "b");
        assertThat(hits).extracting(Hit::containsQuery).containsExactly(true, false, false);
        assertThat(hits.get(0).score()).isLessThan(hits.get(1).score());
    }

    private static void add(InMemoryIndex index, long id, String key, String value) {
        Instant time = START.plusSeconds(id);
        index.add(id, new MemoryEntry("u", key, value, Map.of(), time, time, new HlcTimestamp(id)));
    }

    @Test
    void ranksAsTheNaiveRankingDoes() {
        int found = 0;
        int contained = 0;
        int scanned = 0;
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            InMemoryIndex index = index(random);
            SearchRequest request = request(index, random);
            String what = "seed " + seed + ", " + request;

            List<Hit> hits = search(index, request);

            check(index, request, hits, what);
            found += hits.size();
            contained += (int) hits.stream().filter(Hit::containsQuery).count();
            scanned += index.wasScanned() ? 1 : 0;
        }
        // Else the searches above would not tell much.
        assertThat(found).isGreaterThan(1_500);
        assertThat(contained).isGreaterThan(300);
        assertThat(scanned).isBetween(100, 600);
    }

    private static List<Hit> search(InMemoryIndex index, SearchRequest request) {
        return new FullTextSearch<>(index, index, request, query(request)).hits();
    }

    private static Query query(SearchRequest request) {
        return Query.of(
                Objects.requireNonNull(request.query()).text(),
                START.plusSeconds(5 * 86_400L),
                () -> ZoneId.of("America/New_York"));
    }

    private static InMemoryIndex index(Random random) {
        InMemoryIndex index = new InMemoryIndex();
        int entries = 1 + random.nextInt(15);
        for (int i = 0; i < entries; i++) {
            long id = 1 + 3L * i + random.nextInt(3);
            index.add(id, entry(i, random));
            if (random.nextInt(10) == 0) {
                index.remove(id);
            }
        }
        if (random.nextInt(5) == 0) {
            index.forgetSurfaces();
        }
        return index;
    }

    private static MemoryEntry entry(int number, Random random) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        if (random.nextBoolean()) {
            metadata.put("session", RandomTexts.any(SESSIONS, random));
        }
        if (random.nextInt(3) == 0) {
            metadata.put("date", "2023-05-0" + (1 + random.nextInt(9)));
        }
        if (random.nextInt(4) == 0) {
            metadata.put("speaker", "Ann");
        }
        if (random.nextInt(3) == 0) {
            metadata.put("topic", RandomTexts.any(TOPICS, random));
        }
        Instant created = START.plusSeconds(random.nextInt(10) * 86_400L);
        Instant updated = created.plusSeconds(random.nextInt(10) * 86_400L);
        HlcTimestamp version = new HlcTimestamp(1 + number);
        String key = RandomTexts.word(random) + "/" + number;
        return new MemoryEntry("u", key, RandomTexts.text(random, 12), metadata, created, updated, version);
    }

    private static SearchRequest request(InMemoryIndex index, Random random) {
        String text = "";
        while (text.isEmpty()) {
            MemoryEntry any = RandomTexts.any(index.documents(), random).entry();
            text = switch (random.nextInt(3)) {
                case 0 -> RandomTexts.partOf(any.value(), random);
                case 1 -> RandomTexts.partOf(any.key(), random);
                default -> RandomTexts.text(random, 5);
            };
        }
        SearchOrder order = random.nextInt(4) == 0 ? SearchOrder.RECENCY : SearchOrder.RELEVANCE;
        return new SearchRequest("u", Query.of(text), 1 + random.nextInt(12), order, filter(random));
    }

    private static SearchFilter filter(Random random) {
        if (random.nextBoolean()) {
            return SearchFilter.NONE;
        }
        return new SearchFilter(
                random.nextInt(3) == 0 ? START.plusSeconds(random.nextInt(15) * 86_400L) : null,
                random.nextInt(3) == 0 ? START.plusSeconds(random.nextInt(15) * 86_400L) : null,
                random.nextInt(3) == 0 ? Map.of("session", RandomTexts.any(SESSIONS, random)) : Map.of(),
                random.nextInt(4) == 0 ? RandomTexts.word(random).substring(0, 1) : null);
    }

    /** The hits are the ones, and in the order, that a full sort of all memories brings about. */
    private static void check(InMemoryIndex index, SearchRequest request, List<Hit> hits, String what) {
        Map<Document, Double> scores = new NaiveRanking(index, query(request)).scores();
        Map<String, Document> byKey = index.documents().stream()
                .filter(document -> !index.isGone(document))
                .filter(document -> request.filter().accepts(document.entry()))
                .filter(document -> scores.containsKey(document) || contains(document.entry(), request))
                .collect(Collectors.toMap(document -> document.entry().key(), document -> document));
        assertThat(hits).as(what).hasSize(Math.min(request.limit(), byKey.size()));

        Map<String, Integer> places = new HashMap<>();
        for (Hit hit : hits) {
            places.put(hit.entry().key(), places.size());
            assertThat(byKey).as(what).containsKey(hit.entry().key());
            Document document = Objects.requireNonNull(byKey.get(hit.entry().key()));
            assertThat(hit.containsQuery()).as(what).isEqualTo(contains(document.entry(), request));
            assertThat(hit.score())
                    .as(what)
                    .isCloseTo(
                            score(index, hit.containsQuery(), scores.getOrDefault(document, 0.0)), Offset.offset(SAME));
        }
        assertThat(places).as(what).hasSameSizeAs(hits);

        Comparator<Document> order = request.order() == SearchOrder.RECENCY
                ? Comparator.comparing(Document::entry, SearchOrder.NEWEST_FIRST)
                : byRelevance(index, request, scores);
        List<Document> expected =
                byKey.values().stream().sorted(order).limit(request.limit()).toList();
        assertThat(hits)
                .as(what)
                .extracting(hit -> hit.entry().key())
                .isEqualTo(expected.stream().map(each -> each.entry().key()).toList());
    }

    /** What is found by reading all texts has no score. */
    private static double score(InMemoryIndex index, boolean contains, double score) {
        return contains && index.wasScanned() ? 0 : score;
    }

    /** Of equal scores the latest; where all texts were read, what contains the query is in the order of reading. */
    private static Comparator<Document> byRelevance(
            InMemoryIndex index, SearchRequest request, Map<Document, Double> scores) {
        Set<Document> containing = index.documents().stream()
                .filter(document -> contains(document.entry(), request))
                .collect(Collectors.toSet());
        Comparator<Document> byScore = (a, b) -> {
            double difference = scores.getOrDefault(b, 0.0) - scores.getOrDefault(a, 0.0);
            return Math.abs(difference) < SAME ? Long.compare(b.id(), a.id()) : (int) Math.signum(difference);
        };
        Comparator<Document> newestFirst = Comparator.comparing(Document::entry, SearchOrder.NEWEST_FIRST);
        return Comparator.<Document, Boolean>comparing(containing::contains)
                .reversed()
                .thenComparing((a, b) -> index.wasScanned() && containing.contains(a)
                        ? newestFirst.compare(a, b)
                        : byScore.compare(a, b));
    }

    private static boolean contains(MemoryEntry entry, SearchRequest request) {
        String query = query(request).text();
        return RandomTexts.contains(entry.key(), query) || RandomTexts.contains(entry.value(), query);
    }
}
