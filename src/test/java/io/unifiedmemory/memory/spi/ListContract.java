package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Listing, page by page. */
interface ListContract extends ContractSteps {

    @Test
    default void pagesGoThroughAllKeysInTheirOrder() {
        assumeDeclared(Capability.LIST);
        List<String> keys = new ArrayList<>(HardTexts.names());
        keys.addAll(List.of(
                "\uFFFD", "\uFF5E", "\uD800\uDC00", "\uDBFF\uDFFF", "\uE000", "z", "zz", "a\uFF5E", "a\uD83D\uDE00"));
        List<MemoryEntry> stored = new ArrayList<>();
        List<String> shuffled = new ArrayList<>(keys);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.forEach(key -> stored.add(store(key, "value of " + key)));
        keys.sort(KeyOrder.COMPARATOR);

        for (int limit : new int[] {1, 3, 7, 1000}) {
            List<MemoryEntry> all = listed(user(), limit);
            assertThat(keys(all)).as("pages of " + limit).containsExactlyElementsOf(keys);
        }
        Map<String, MemoryEntry> byKey = new HashMap<>();
        listed(user(), 1000).forEach(entry -> byKey.put(entry.key(), entry));
        stored.forEach(entry -> assertSame(Objects.requireNonNull(byKey.get(entry.key())), entry));
    }

    @Test
    default void aPageThatEndsEarlySaysSo() {
        assumeDeclared(Capability.LIST);
        List<String> keys = List.of("a", "b", "c", "d");
        keys.forEach(key -> store(key, "value"));

        List<String> listed = new ArrayList<>();
        Page page;
        do {
            String after = listed.isEmpty() ? null : listed.get(listed.size() - 1);
            page = backend().list(new ListRequest(user(), after, 3, 13));
            listed.addAll(keys(page.entries()));
        } while (page.more());

        assertThat(listed).isEqualTo(keys);
    }

    @Test
    default void aPageSaysWhetherMoreFollowsAndTheFirstHowManyThereAre() {
        assumeDeclared(Capability.LIST);
        for (String key : List.of("a", "b", "c", "d")) {
            store(key, "value");
        }
        store(memory(user() + "2", "e", "value", Map.of()));

        Page first = backend().list(new ListRequest(user(), null, 3));
        Page rest = backend().list(new ListRequest(user(), "c", 3));
        Page exact = backend().list(new ListRequest(user(), "a", 3));
        Page between = backend().list(new ListRequest(user(), "bb", 1));
        Page behind = backend().list(new ListRequest(user(), "d", 3));

        assertThat(keys(first.entries())).containsExactly("a", "b", "c");
        assertThat(first.more()).isTrue();
        assertThat(keys(rest.entries())).containsExactly("d");
        assertThat(rest.more()).isFalse();
        assertThat(exact.more()).isFalse();
        assertThat(keys(between.entries())).containsExactly("c");
        assertThat(between.more()).isTrue();
        assertThat(behind.entries()).isEmpty();
        assertThat(first.total()).isEqualTo(4);
        assertThat(List.of(rest, exact, between, behind))
                .allMatch(page -> page.total() == null && page.entries().size() <= 3);
        assertThat(backend().list(new ListRequest(user() + "3", null, 3))).isEqualTo(new Page(List.of(), false, 0L));
    }
}
