package io.unifiedmemory.search.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.Expression;
import io.unifiedmemory.search.Expression.Kind;
import io.unifiedmemory.search.Expression.Term;
import io.unifiedmemory.search.FullTextSearch;
import io.unifiedmemory.search.InMemoryIndex;
import io.unifiedmemory.search.IndexReader;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.RandomTexts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whatever the history, segments answer as an index of the living memories does. */
class SegmentHistoriesTest {

    private static final Instant START = Instant.parse("2023-05-01T00:00:00Z");
    private static final List<String> SESSIONS = List.of("one", "two");
    private static final List<String> SYLLABLES = List.of("ta", "gar", "den", "\u6211", "\uD801\uDC28", "ing", "s");

    private final PageCache cache = new PageCache(200_000);
    private int merges;
    private int found;

    @Test
    void smallSegmentsAnswerAsTheLivingMemoriesDo() {
        for (int seed = 0; seed < 150; seed++) {
            new History(seed, 1 + seed % 12, 4).run(10);
        }
        assertThat(merges).isGreaterThan(100);
        assertThat(found).isGreaterThan(2_000);
    }

    @Test
    void segmentsWithGramsAnswerAsTheLivingMemoriesDo() {
        for (int seed = 0; seed < 3; seed++) {
            new History(seed, 500, 20).run(3);
        }
        assertThat(found).isGreaterThan(500);
    }

    /** One user through a random history. */
    private final class History {

        private final Random random;
        private final String what;
        private final int mostInStep;
        private final int questions;
        private final InMemoryIndex living = new InMemoryIndex();
        private final SegmentStore store = new SegmentStore();
        private final Map<Long, MemoryEntry> now = new TreeMap<>();
        private long lastId;

        History(int seed, int mostInStep, int questions) {
            this.random = new Random(seed);
            this.what = "seed " + seed + " of " + mostInStep;
            this.mostInStep = mostInStep;
            this.questions = questions;
        }

        void run(int steps) {
            for (int step = 0; step < steps; step++) {
                store.add(change());
                BuiltSegment newest = change();
                List<Segment> segments = new ArrayList<>(store.segments());
                segments.add(Segment.inMemory(newest));
                check(new LiveSegments<>(segments, store, cache));
                store.add(newest);
                merge();
                check(store.open(cache));
            }
        }

        private BuiltSegment change() {
            SegmentBuilder step = new SegmentBuilder();
            for (int changes = random.nextInt(mostInStep + 1); changes > 0; changes--) {
                boolean isNew = now.isEmpty() || random.nextInt(3) > 0;
                long id = isNew ? lastId += 1 + random.nextInt(3) : RandomTexts.any(List.copyOf(now.keySet()), random);
                if (random.nextInt(4) == 0) {
                    now.remove(id);
                    living.delete(id);
                    step.remove(id);
                } else {
                    MemoryEntry entry = entry(id);
                    now.put(id, entry);
                    living.add(id, entry);
                    step.add(id, SegmentStore.indexed(entry));
                }
            }
            return step.build();
        }

        private void merge() {
            List<MergePolicy.Size> sizes = store.open(cache).sizes();
            MergePolicy.Run run = MergePolicy.next(sizes);
            if (run == null && random.nextInt(3) == 0) {
                int from = random.nextInt(sizes.size());
                run = new MergePolicy.Run(from, from + 1 + random.nextInt(sizes.size() - from));
            }
            if (run != null) {
                store.merge(run);
                merges++;
            }
        }

        private MemoryEntry entry(long id) {
            Map<String, Object> metadata = new LinkedHashMap<>();
            if (random.nextBoolean()) {
                metadata.put("session", RandomTexts.any(SESSIONS, random));
            }
            if (random.nextInt(3) == 0) {
                metadata.put("topic", word());
            }
            Instant time = START.plusSeconds(random.nextInt(40) * 86_400L);
            StringBuilder value = new StringBuilder(RandomTexts.text(random, 8));
            for (int words = random.nextInt(6); words > 0; words--) {
                value.append(' ').append(word());
            }
            String key = RandomTexts.word(random) + "/" + id;
            return new MemoryEntry("u", key, value.toString(), metadata, time, time, new HlcTimestamp(id));
        }

        private String word() {
            StringBuilder word = new StringBuilder();
            for (int syllables = 1 + random.nextInt(4); syllables > 0; syllables--) {
                word.append(RandomTexts.any(SYLLABLES, random));
            }
            return word.toString();
        }

        private void check(LiveSegments<RuntimeException> live) {
            IndexReader<RuntimeException> reader = live.reader(this::neighbours);
            assertThat(reader.entries()).as(what).isEqualTo(living.entries());
            assertThat(reader.words()).as(what).isEqualTo(living.words());
            for (int i = 0; i < questions && !now.isEmpty(); i++) {
                checkQuestions(reader);
                checkSearch(live.reader(this::neighbours));
            }
        }

        private void checkQuestions(IndexReader<RuntimeException> reader) {
            Expression expression = expression(2);
            int limit = random.nextBoolean() ? 1 + random.nextInt(5) : 5_000;
            assertThat(reader.postings(expression, limit))
                    .as("%s: %s", what, expression)
                    .isEqualTo(living.postings(expression, limit));
            String prefix = part();
            assertThat(reader.surfacesFrom(prefix, limit))
                    .as("%s: from %s", what, prefix)
                    .isEqualTo(living.surfacesFrom(prefix, limit));
            Query.Edge edge = new Query.Edge(part(), random.nextInt(3) > 0, random.nextBoolean());
            List<String> expected = living.surfacesAt(edge, limit);
            List<String> words = reader.surfacesAt(edge, limit);
            if (expected == null) {
                assertThat(words).as("%s: %s", what, edge).isNull();
            } else {
                assertThat(words).as("%s: %s", what, edge).containsExactlyInAnyOrderElementsOf(expected);
            }
            long[] some = living.documents().stream()
                    .filter(document -> random.nextInt(3) == 0)
                    .mapToLong(InMemoryIndex.Document::number)
                    .toArray();
            assertThat(reader.places(some)).as(what).isEqualTo(living.places(some));
        }

        private String part() {
            return RandomTexts.partOf(
                    SegmentStore.indexed(RandomTexts.any(List.copyOf(now.values()), random)).surfaces().stream()
                            .skip(random.nextInt(3))
                            .findFirst()
                            .orElse("tea"),
                    random);
        }

        private Expression expression(int depth) {
            if (depth == 0 || random.nextBoolean()) {
                return term();
            }
            List<Expression> parts = new ArrayList<>();
            for (int count = 1 + random.nextInt(4); count > 0; count--) {
                parts.add(expression(depth - 1));
            }
            return random.nextBoolean() ? Expression.allOf(parts) : Expression.anyOf(parts);
        }

        private Term term() {
            List<Term> terms = List.copyOf(SegmentStore.indexed(RandomTexts.any(List.copyOf(now.values()), random))
                    .text());
            return random.nextInt(10) == 0
                    ? new Term(RandomTexts.any(List.of(Kind.values()), random), word())
                    : RandomTexts.any(terms, random);
        }

        private void checkSearch(IndexReader<RuntimeException> reader) {
            MemoryEntry any = RandomTexts.any(List.copyOf(now.values()), random);
            String text = random.nextBoolean() ? RandomTexts.partOf(any.value(), random) : RandomTexts.text(random, 4);
            if (text.isEmpty()) {
                return;
            }
            SearchOrder order = random.nextInt(4) == 0 ? SearchOrder.RECENCY : SearchOrder.RELEVANCE;
            SearchRequest request =
                    new SearchRequest("u", Query.of(text), 1 + random.nextInt(12), order, SearchFilter.NONE);
            Query query = Query.of(Objects.requireNonNull(request.query()));
            List<Hit> expected = new FullTextSearch<>(living, living, request, query).hits();
            assertThat(new FullTextSearch<>(reader, living, request, query).hits())
                    .as("%s: %s", what, request)
                    .isEqualTo(expected);
            found += expected.size();
        }

        /** As a store would say it. */
        private List<Conversations.Neighbours> neighbours(long[] ids) {
            List<Conversations.Neighbours> neighbours = new ArrayList<>();
            for (long id : ids) {
                for (IndexReader.Place place : living.places(new long[] {id << DocumentNumber.ID_SHIFT})) {
                    neighbours.add(new Conversations.Neighbours(
                            id, place.conversation(), ids(place.next()), ids(place.previous())));
                }
            }
            return neighbours;
        }

        private static List<Long> ids(List<Long> documents) {
            return documents.stream().map(DocumentNumber::id).toList();
        }
    }
}
