package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Searching and listing. */
abstract class SearchContract extends FilterContract {

    @Test
    void aSubstringOfKeyOrValueIsFoundInAnyCase() {
        if (undeclared(Capability.SEARCH, () -> found("tea"))) {
            return;
        }
        store("favourite-drink", "Green Tea with honey");
        store("Teapot", "brown");
        store("elsewhere", "nothing of the kind");
        store("umlaut", "\u00C4rger und \u041C\u043E\u0441\u043A\u0432\u0430");

        assertThat(found("tea")).contains("favourite-drink", "Teapot");
        assertThat(found("GREEN TEA W")).contains("favourite-drink");
        assertThat(found("een te")).contains("favourite-drink");
        assertThat(found("RITE-DR")).contains("favourite-drink");
        assertThat(found("\u00E4RGER")).contains("umlaut");
        assertThat(found("\u043C\u041E\u0441\u041A")).contains("umlaut");
    }

    @Test
    void everyPartOfAHardTextIsFound() {
        if (undeclared(Capability.SEARCH, () -> found("text"))) {
            return;
        }
        hardTexts().forEach((name, text) -> store(name, "<<" + text + ">>"));

        hardTexts()
                .forEach((name, text) ->
                        assertThat(found("<" + text + ">")).as(name).contains(name));
    }

    @Test
    void aQueryIsTextAndNeverSyntax() {
        if (undeclared(Capability.SEARCH, () -> found("text"))) {
            return;
        }
        List<String> queries = List.of(
                "\"",
                "\"\"",
                "\"a b\"",
                "*",
                "a*",
                "%",
                "100%",
                "_",
                "a_b",
                "AND",
                "OR NOT",
                "a AND b",
                "NEAR(a b)",
                "NEAR(",
                "-x",
                "a -b",
                ":",
                "key:a",
                "value : x",
                "^a",
                "(",
                ")",
                "{a}",
                "[x]",
                "a+b",
                "\\",
                "'",
                "';--",
                "<b>",
                "?1",
                "~",
                "/a.*/");
        for (String query : queries) {
            store("has " + query, "x" + query + "y");
            store("in the value of " + queries.indexOf(query), "some " + query + " text");
        }

        for (String query : queries) {
            assertThat(found(query)).as(query).contains("has " + query, "in the value of " + queries.indexOf(query));
        }
    }

    @Test
    void oneAndTwoCharactersAreFound() {
        if (undeclared(Capability.SEARCH, () -> found("x"))) {
            return;
        }
        store("latin", "Quartz");
        store("accent", "\u00C9t\u00E9");
        store("cjk", "\u6211\u559C\u6B22");
        store("emoji", "so \uD83D\uDE00");
        store("q1", "");

        assertThat(found("q")).contains("latin", "q1");
        assertThat(found("TZ")).contains("latin");
        assertThat(found("\u00E9T")).contains("accent");
        assertThat(found("\u559C")).contains("cjk");
        assertThat(found("\u559C\u6B22")).contains("cjk");
        assertThat(found("\uD83D\uDE00")).contains("emoji");
    }

    @Test
    void aSearchSeesTheLatestTextOnly() {
        if (undeclared(Capability.SEARCH, () -> found("before"))) {
            return;
        }
        store("key", "zebrafish before");
        backend.store(memory("key", "heliotrope after"));

        assertThat(found("heliotrope")).containsExactly("key");
        assertThat(found("zebrafish")).isEmpty();
    }

    @Test
    void aHitIsTheWholeMemory() {
        if (undeclared(Capability.SEARCH, () -> found("value"))) {
            return;
        }
        MemoryEntry entry = store(memory(user, "key", "the value", Map.of("a", 1)));

        for (String query : List.of("value", "al")) {
            assertThat(backend.search(new SearchRequest(user, Query.of(query), 5))
                            .entries())
                    .singleElement()
                    .satisfies(hit -> assertSame(hit, entry));
        }
    }

    @Test
    void aSearchReturnsNoMoreThanTheLimit() {
        if (undeclared(Capability.SEARCH, () -> found("value"))) {
            return;
        }
        for (int i = 0; i < 7; i++) {
            store("key" + i, "value");
        }

        for (String query : new String[] {"value", "va", "v"}) {
            assertThat(backend.search(new SearchRequest(user, Query.of(query), 3))
                            .entries())
                    .hasSize(3);
            assertThat(backend.search(new SearchRequest(user, Query.of(query), 1000))
                            .entries())
                    .hasSize(7);
        }
    }

    @Test
    void withoutAQueryTheNewestComeFirst() {
        if (undeclared(Capability.SEARCH, () -> found(null))) {
            return;
        }
        store("first", "value");
        store("second", "value");
        store("third", "value");
        backend.store(memory("first", "changed"));

        assertThat(found(null)).containsExactly("first", "third", "second");
        assertThat(keys(backend.search(new SearchRequest(user, null, 2)).entries()))
                .containsExactly("first", "third");
        assertThat(backend.search(new SearchRequest(user + "2", null, 2)).entries())
                .isEmpty();
    }

    @Test
    void whatContainsTheWholeQueryComesFirst() {
        if (undeclared(Capability.SEARCH, () -> found("copper kettle"))) {
            return;
        }
        store("in the value", "bought a Copper Kettle today");
        store("the COPPER kettle", "hangs in the kitchen");
        store("words 1", "a kettle of copper, a copper pot and a kettle, kettle, kettle");
        store("words 2", "copper, copper, copper and kettles");

        List<String> exact = List.of("in the value", "the COPPER kettle");
        List<String> found = found("copper kettle");
        assertThat(found.subList(0, 2)).containsExactlyInAnyOrderElementsOf(exact);
        assertThat(exact)
                .containsAll(keys(backend.search(new SearchRequest(user, Query.of("copper kettle"), 1))
                        .entries()));
    }

    @Test
    void pagesGoThroughAllKeysInTheirOrder() {
        if (undeclared(Capability.LIST, () -> listed(user, 10))) {
            return;
        }
        List<String> keys = new ArrayList<>(hardNames());
        keys.addAll(List.of(
                "\uFFFD", "\uFF5E", "\uD800\uDC00", "\uDBFF\uDFFF", "\uE000", "z", "zz", "a\uFF5E", "a\uD83D\uDE00"));
        List<MemoryEntry> stored = new ArrayList<>();
        List<String> shuffled = new ArrayList<>(keys);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.forEach(key -> stored.add(store(key, "value of " + key)));
        keys.sort(KeyOrder.COMPARATOR);

        for (int limit : new int[] {1, 3, 7, 1000}) {
            List<MemoryEntry> all = listed(user, limit);
            assertThat(keys(all)).as("pages of " + limit).containsExactlyElementsOf(keys);
        }
        Map<String, MemoryEntry> byKey = new HashMap<>();
        listed(user, 1000).forEach(entry -> byKey.put(entry.key(), entry));
        stored.forEach(entry -> assertSame(Objects.requireNonNull(byKey.get(entry.key())), entry));
    }

    @Test
    void aPageThatEndsEarlySaysSo() {
        if (undeclared(Capability.LIST, () -> listed(user, 10))) {
            return;
        }
        List<String> keys = List.of("a", "b", "c", "d");
        keys.forEach(key -> store(key, "value"));

        List<String> listed = new ArrayList<>();
        Page page;
        do {
            String after = listed.isEmpty() ? null : listed.get(listed.size() - 1);
            page = backend.list(new ListRequest(user, after, 3, 13));
            listed.addAll(keys(page.entries()));
        } while (page.more());

        assertThat(listed).isEqualTo(keys);
    }

    @Test
    void aPageSaysWhetherMoreFollowsAndTheFirstHowManyThereAre() {
        if (undeclared(Capability.LIST, () -> listed(user, 10))) {
            return;
        }
        for (String key : List.of("a", "b", "c", "d")) {
            store(key, "value");
        }
        store(memory(user + "2", "e", "value", Map.of()));

        Page first = backend.list(new ListRequest(user, null, 3));
        Page rest = backend.list(new ListRequest(user, "c", 3));
        Page exact = backend.list(new ListRequest(user, "a", 3));
        Page between = backend.list(new ListRequest(user, "bb", 1));
        Page behind = backend.list(new ListRequest(user, "d", 3));

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
        assertThat(backend.list(new ListRequest(user + "3", null, 3))).isEqualTo(new Page(List.of(), false, 0L));
    }
}
