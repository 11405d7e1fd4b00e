package io.unifiedmemory.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hit;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HitListTest {

    private static final int LIMIT = 3;

    private static HitList list(SearchOrder order) {
        return new HitList(new SearchRequest("u", Query.of("query"), LIMIT, order, SearchFilter.NONE));
    }

    private static Hit hit(long updated) {
        Instant time = Instant.ofEpochMilli(updated);
        return new Hit(
                new MemoryEntry("u", "key " + updated, "v", Map.of(), time, time, new HlcTimestamp(updated)), false, 0);
    }

    private static List<String> keys(HitList list) {
        return list.inOrder().stream().map(hit -> hit.entry().key()).toList();
    }

    @Test
    void byRelevanceTheyStayInTheOrderInWhichTheyWereFoundUntilThereAreEnough() {
        HitList list = list(SearchOrder.RELEVANCE);
        for (long id : new long[] {5, 9, 1}) {
            assertThat(list.isEnough()).isFalse();
            list.add(id, hit(id));
        }
        assertThat(list.isEnough()).isTrue();
        assertThat(keys(list)).containsExactly("key 5", "key 9", "key 1");
    }

    @Test
    void byRecencyTheNewestOfAllAreKeptInWhateverOrderTheyAreFound() {
        List<Long> ids = LongStream.range(0, 1000).boxed().collect(Collectors.toList());
        Collections.shuffle(ids, new Random(7));
        HitList list = list(SearchOrder.RECENCY);
        for (long id : ids) {
            assertThat(list.has(id)).isFalse();
            list.add(id, hit(id));
            assertThat(list.has(id)).isTrue();
            assertThat(list.inOrder()).hasSizeLessThanOrEqualTo(LIMIT);
            assertThat(list.isEnough()).isFalse();
        }
        assertThat(list.size()).isEqualTo(1000);
        assertThat(keys(list)).containsExactly("key 999", "key 998", "key 997");
    }

    @Test
    void fewerThanAskedForAreSortedToo() {
        HitList list = list(SearchOrder.RECENCY);
        list.add(1, hit(1));
        list.add(2, hit(2));
        assertThat(keys(list)).containsExactly("key 2", "key 1");
    }
}
