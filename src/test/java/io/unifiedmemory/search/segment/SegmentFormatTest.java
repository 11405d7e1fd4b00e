package io.unifiedmemory.search.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.util.Sha256;
import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.Expression;
import io.unifiedmemory.search.Expression.Kind;
import io.unifiedmemory.search.Expression.Term;
import io.unifiedmemory.search.IndexReader;
import io.unifiedmemory.search.IndexedMemory;
import io.unifiedmemory.search.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SegmentFormatTest {

    private static final Conversations<RuntimeException> NONE = ids -> List.of();

    /** Databases hold these bytes: what is different needs another version of the format. */
    @Test
    void theBytesAreThese() {
        SegmentBuilder builder = new SegmentBuilder();
        builder.add(
                3, memory(5, Set.of("teas"), stem("tea"), new Term(Kind.SURFACE, "teas"), new Term(Kind.YEAR, "2023")));
        builder.remove(2);
        assertThat(HexFormat.of().formatHex(builder.build().root()))
                .isEqualTo(
                        "01c11da67101050202030000000000000000000000000000000000000004020001150005667465617302a01900047774"
                                + "656102a3190005793230323302a319");

        BuiltSegment large = large(1_000);
        assertThat(large.pages()).hasSize(8);
        assertThat(HexFormat.of().formatHex(Sha256.of(large.pages())))
                .isEqualTo("2ff9a6e873614467402e27cd9e1e08907ef39e9abbb074273484320530a00b17");
        assertThat(HexFormat.of().formatHex(Sha256.of(List.of(large.root()))))
                .isEqualTo("460a35bdbf7611eed48b0334ea15c8a98ec34e543e3b9d87764eaed6da3035d0");
    }

    private static Term stem(String text) {
        return new Term(Kind.STEM, text);
    }

    private static IndexedMemory memory(int words, Set<String> surfaces, Term... text) {
        return new IndexedMemory(new LinkedHashSet<>(List.of(text)), Set.of(), Set.of(), words, surfaces, false, false);
    }

    /** Each with a word of its own, and one of all. */
    private static BuiltSegment large(int memories) {
        SegmentBuilder builder = new SegmentBuilder();
        for (int id = 1; id <= memories; id++) {
            builder.add(id, memory(id % 50, Set.of("word" + id, "all"), stem("word" + id), stem("all")));
        }
        return builder.build();
    }

    @Test
    void pagesAreSmallAndTheRootIsSmaller() {
        BuiltSegment large = large(20_000);
        assertThat(large.root().length).isLessThan(3_100);
        assertThat(large.pages()).allSatisfy(page -> assertThat(page.length).isLessThanOrEqualTo(4_000));
        long full = large.pages().stream().filter(page -> page.length > 3_500).count();
        assertThat(full).isGreaterThan(large.pages().size() * 9L / 10);
    }

    @Test
    void aSegmentOfAFewMemoriesHasNoPages() {
        assertThat(large(5).pages()).isEmpty();
    }

    @Test
    void whatIsExpectedTakesOneRoundTripForEachLevelAndNothingLater() {
        SegmentStore store = new SegmentStore();
        store.add(large(20_000));
        store.add(large(300));
        LiveSegments<RuntimeException> live = store.open(new PageCache(0));
        IndexReader<RuntimeException> reader = live.reader(NONE);
        int before = store.roundTrips();
        Query.Edge edge = new Query.Edge("ord19", true, true);
        List<Expression> some = List.of(stem("word7"), stem("all"), stem("word15000"), stem("none"));

        reader.expect(some, List.of(edge));
        assertThat(store.roundTrips() - before).isLessThanOrEqualTo(2);
        before = store.roundTrips();
        for (Expression each : some) {
            reader.postings(each, 5_000);
        }
        assertThat(store.roundTrips()).isEqualTo(before);
        assertThat(reader.surfacesAt(edge, 5_000)).hasSize(1_111);
    }

    @Test
    void whatTheCacheHasIsNotFetched() {
        SegmentStore store = new SegmentStore();
        store.add(large(2_000));
        PageCache cache = new PageCache(10_000_000);
        store.open(cache).reader(NONE).postings(stem("word1234"), 10);
        int before = store.roundTrips();
        assertThat(store.open(cache).reader(NONE).postings(stem("word1234"), 10))
                .hasSize(1);
        assertThat(store.roundTrips()).isEqualTo(before);
    }

    /** A database that was set back may give the number of a segment again. */
    @Test
    void theCacheTellsSegmentsOfOneNumberApart() {
        PageCache cache = new PageCache(10_000_000);
        SegmentStore one = new SegmentStore();
        one.add(large(1_000));
        SegmentStore other = new SegmentStore();
        other.add(large(1_001));
        assertThat(one.open(cache).reader(NONE).postings(stem("all"), 5_000)).hasSize(1_000);
        assertThat(other.open(cache).reader(NONE).postings(stem("all"), 5_000)).hasSize(1_001);
    }

    @Test
    void hostileWordsAreFound() {
        List<String> words = List.of(
                "a\u0000b",
                "\u0000",
                "\uD83C\uDF75",
                "\uFFFF",
                "\uE000z",
                "x".repeat(64),
                "\uD801\uDC28".repeat(64),
                "\u6211",
                " ",
                "");
        SegmentBuilder builder = new SegmentBuilder();
        for (int i = 0; i < 300; i++) {
            String word = words.get(i % words.size());
            builder.add(i, memory(1, Set.of(word), stem(word), new Term(Kind.SURFACE, word)));
        }
        LiveSegments<RuntimeException> live =
                new LiveSegments<>(List.of(Segment.inMemory(builder.build())), ids -> Map.of(), new PageCache(0));
        for (String word : words) {
            assertThat(live.reader(NONE).postings(stem(word), 5_000)).as(word).hasSizeGreaterThanOrEqualTo(25);
        }
        assertThat(live.reader(NONE).surfacesFrom("\uD83C", 10)).isEmpty();
        assertThat(live.reader(NONE).surfacesFrom("\uD801\uDC28", 10)).containsExactly("\uD801\uDC28".repeat(64));
        assertThat(live.reader(NONE).surfacesAt(new Query.Edge("xx", true, true), 10))
                .containsExactly("x".repeat(64));
    }

    /** Each damage is noticed where it is read, and nothing is read for long. */
    @Test
    void damagedBytesAreNoticed() {
        BuiltSegment sound = large(1_000);
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            byte[] root = i % 2 == 0 ? damaged(sound.root(), random) : sound.root();
            List<byte[]> pages = new ArrayList<>();
            sound.pages().forEach(page -> pages.add(damaged(page, random)));
            assertThatThrownBy(() -> readAll(root, pages))
                    .isInstanceOf(DamagedSegmentException.class)
                    .hasMessageContaining("has to be built anew");
        }
        assertThatThrownBy(() -> readAll(sound.root(), sound.pages().subList(0, 3)))
                .hasMessageContaining("a page is missing");
    }

    private static byte[] damaged(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        switch (random.nextInt(3)) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            default -> random.nextBytes(bytes);
        }
        return bytes;
    }

    /** Also where the checksums are right, so that somebody wrote them who meant it. */
    @Test
    void hostileBytesDoNotKeepAnybodyBusy() {
        BuiltSegment sound = large(1_000);
        Random random = new Random(2);
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] root = i % 2 == 0 ? hostile(sound.root(), 1, random) : sound.root();
            List<byte[]> pages = new ArrayList<>();
            sound.pages().forEach(page -> pages.add(random.nextInt(4) == 0 ? hostile(page, 0, random) : page));
            try {
                readAll(root, pages);
            } catch (DamagedSegmentException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1_000);
    }

    /** Changes a byte or all of what stands behind the checksum, and makes that right. */
    private static byte[] hostile(byte[] sound, int version, Random random) {
        byte[] content = Arrays.copyOfRange(sound, version + Checksum.BYTES, sound.length);
        if (random.nextInt(4) == 0) {
            random.nextBytes(content);
        } else {
            content[random.nextInt(Math.min(40, content.length))] = (byte) random.nextInt();
        }
        byte[] checked = Checksum.before(content);
        byte[] bytes = Arrays.copyOf(sound, sound.length);
        System.arraycopy(checked, 0, bytes, version, checked.length);
        return bytes;
    }

    private static void readAll(byte[] root, List<byte[]> pages) {
        LiveSegments<RuntimeException> live =
                new LiveSegments<>(List.of(Segment.open(1, root)), new GivenPages(pages), new PageCache(0));
        IndexReader<RuntimeException> reader = live.reader(ids -> Arrays.stream(ids)
                .mapToObj(id -> new Conversations.Neighbours(id, 1, List.of(), List.of()))
                .toList());
        reader.surfacesFrom("", 5_000);
        reader.postings(stem("all"), 5_000);
        reader.surfacesAt(new Query.Edge("word1", true, true), 5_000);
        reader.places(Stream.of(1L, 500L, 999L)
                .mapToLong(id -> id << DocumentNumber.ID_SHIFT)
                .toArray());
        live.merge(new MergePolicy.Run(0, 1));
    }

    private record GivenPages(List<byte[]> pages) implements PageSource<RuntimeException> {
        @Override
        public Map<PageId, byte[]> pages(Set<PageId> wanted) {
            Map<PageId, byte[]> found = new HashMap<>();
            wanted.stream().filter(id -> id.page() < pages.size()).forEach(id -> found.put(id, pages.get(id.page())));
            return found;
        }
    }
}
