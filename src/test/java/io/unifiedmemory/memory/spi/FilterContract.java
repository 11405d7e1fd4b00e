package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Searching in an order and within bounds. */
interface FilterContract extends ContractSteps {

    @Test
    default void byRecencyTheHitsComeNewestFirst() {
        assumeFindsEverything();
        store("value value", "the value, the very value");
        store("2", "one value among many other words that are of no interest at all");
        store("other", "something else");
        store("3", "VALUE");
        backend().store(memory("2", "a value again"));

        for (String query : new String[] {"value", "va"}) {
            assertThat(keys(search(query, 5, SearchOrder.RECENCY, SearchFilter.NONE)))
                    .containsExactly("2", "3", "value value");
            assertThat(keys(search(query, 2, SearchOrder.RECENCY, SearchFilter.NONE)))
                    .containsExactly("2", "3");
        }
        assertThat(keys(search(null, 2, SearchOrder.RECENCY, SearchFilter.NONE)))
                .containsExactly("2", "3");
    }

    @Test
    default void aFilterBoundsTheTimeOfTheLastUpdate() {
        assumeFindsEverything();
        MemoryEntry first = store("first", "value");
        MemoryEntry second = store("second", "value");
        MemoryEntry third = store("third", "value");

        assertAccepted(new SearchFilter(second.updatedAt(), null, Map.of(), null), second, third);
        assertAccepted(new SearchFilter(null, second.updatedAt(), Map.of(), null), first);
        assertAccepted(new SearchFilter(second.updatedAt(), third.updatedAt(), Map.of(), null), second);
        assertAccepted(new SearchFilter(third.updatedAt(), first.updatedAt(), Map.of(), null));
        backend().store(memory("first", "value again"));
        assertThat(keys(search("value", 9, SearchOrder.RECENCY, filter(Map.of(), null, third.updatedAt()))))
                .containsExactly("first", "third");
    }

    @Test
    default void aFilterComparesFieldsOfTheMetadataExactly() {
        assumeFindsEverything();
        Map<String, Object> nested = new HashMap<>();
        nested.put("who", "Ada");
        nested.put("n", 1);
        nested.put("tags", List.of("a", 2));
        nested.put("deep", Map.of("x", 1, "y", List.of(true)));
        nested.put("none", null);
        MemoryEntry ada = store(memory(user(), "ada", "value", nested));
        MemoryEntry bob = store(memory(user(), "bob", "value", Map.of("who", "bob", "n", 1, "a.b", "%")));
        store("bare", "value");

        assertAccepted(filter(Map.of("who", "Ada"), null, null), ada);
        assertAccepted(filter(Map.of("who", "ada"), null, null));
        assertAccepted(filter(Map.of("n", 1), null, null), ada, bob);
        assertAccepted(filter(Map.of("n", new BigDecimal("1.0")), null, null), ada, bob);
        assertAccepted(filter(Map.of("n", "1"), null, null));
        assertAccepted(filter(Map.of("n", 1, "who", "bob"), null, null), bob);
        assertAccepted(filter(Map.of("n", true), null, null));
        assertAccepted(filter(Map.of("tags", List.of("a", 2)), null, null), ada);
        assertAccepted(filter(Map.of("tags", List.of(2, "a")), null, null));
        assertAccepted(filter(Map.of("tags", "a"), null, null), ada);
        assertAccepted(filter(Map.of("tags", 2.0), null, null), ada);
        assertAccepted(filter(Map.of("tags", List.of("a")), null, null));
        assertAccepted(filter(Map.of("deep", Map.of("y", List.of(true), "x", 1)), null, null), ada);
        assertAccepted(filter(Map.of("deep", Map.of("x", 1)), null, null));
        assertAccepted(filter(Map.of("a.b", "%"), null, null), bob);
        assertAccepted(filter(Map.of("x", 1), null, null));
        assertAccepted(filter(Collections.singletonMap("none", null), null, null), ada);
        assertAccepted(filter(Collections.singletonMap("absent", null), null, null));
        assertAccepted(filter(Map.of("\"]'--", "%_"), null, null));
    }

    @Test
    default void aFilterOnTagsWantsEachOfThem() {
        assumeFindsEverything();
        MemoryEntry both = store(memory(user(), "both", "value", Map.of("tags", List.of("red", "green", 3))));
        MemoryEntry one = store(memory(user(), "one", "value", Map.of("tags", "red")));
        store(memory(user(), "other", "value", Map.of("tag", "red", "tags", Map.of("red", true))));
        store("bare", "value");

        assertAccepted(SearchFilter.tagged(List.of("red")), both, one);
        assertAccepted(SearchFilter.tagged(List.of("green", "red")), both);
        assertAccepted(SearchFilter.tagged(List.of("Red")));
        assertAccepted(SearchFilter.tagged(List.of("red", "3")));
    }

    @Test
    default void aFilterOnKeysIsTheirExactBeginning() {
        assumeFindsEverything();
        for (String key :
                List.of("a/1", "a/2", "A/3", "a%4", "a_5", "b/a/6", "\u00E9/7", "a*8", "a", "a\uD83D\uDE009")) {
            store(key, "value");
        }

        assertThat(withPrefix("a/")).containsExactlyInAnyOrder("a/1", "a/2");
        assertThat(withPrefix("A")).containsExactly("A/3");
        assertThat(withPrefix("a%")).containsExactly("a%4");
        assertThat(withPrefix("a_")).containsExactly("a_5");
        assertThat(withPrefix("a*")).containsExactly("a*8");
        assertThat(withPrefix("\u00E9")).containsExactly("\u00E9/7");
        assertThat(withPrefix("a\uD83D\uDE00")).containsExactly("a\uD83D\uDE009");
        assertThat(withPrefix("a/1x")).isEmpty();
        assertThat(withPrefix("")).hasSize(10);
    }

    @Test
    default void theLimitCountsWhatPassedTheFilter() {
        assumeFindsEverything();
        store(memory(user(), "old 1", "value", Map.of("kind", "rare")));
        store(memory(user(), "old 2", "value", Map.of("kind", "rare")));
        for (int i = 0; i < 40; i++) {
            store("key " + i, "value");
        }

        for (String query : new String[] {"value", "va", null}) {
            for (SearchOrder order : SearchOrder.values()) {
                assertThat(keys(search(query, 2, order, filter(Map.of("kind", "rare"), "old", null))))
                        .as(query + " by " + order)
                        .containsExactlyInAnyOrder("old 1", "old 2");
            }
        }
    }

    private static SearchFilter filter(Map<String, Object> metadata, @Nullable String prefix, @Nullable Instant since) {
        return new SearchFilter(since, null, metadata, prefix);
    }

    private List<String> withPrefix(String prefix) {
        List<String> keys = keys(search("value", 1000, SearchOrder.RELEVANCE, filter(Map.of(), prefix, null)));
        assertThat(keys(search(null, 1000, SearchOrder.RECENCY, filter(Map.of(), prefix, null))))
                .containsExactlyInAnyOrderElementsOf(keys);
        return keys;
    }

    /** The filter means the same with a query that is looked up, with one that is too short for that, and without. */
    private void assertAccepted(SearchFilter filter, MemoryEntry... expected) {
        for (String query : new String[] {"value", "va", null}) {
            for (SearchOrder order : SearchOrder.values()) {
                assertThat(keys(search(query, 1000, order, filter)))
                        .as(query + " by " + order + " with " + filter)
                        .containsExactlyInAnyOrderElementsOf(keys(List.of(expected)));
            }
        }
    }
}
