package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.MemoryEntry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Searching and listing. */
interface SearchContract extends ContractSteps {

    @Test
    default void aSubstringOfKeyOrValueIsFoundInAnyCase() {
        assumeFindsEverything();
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
    default void everyPartOfAHardTextIsFound() {
        assumeFindsEverything();
        HardTexts.texts().forEach((name, text) -> store(name, "<<" + text + ">>"));

        HardTexts.texts()
                .forEach((name, text) ->
                        assertThat(found("<" + text + ">")).as(name).contains(name));
    }

    @Test
    default void aQueryIsTextAndNeverSyntax() {
        assumeFindsEverything();
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
    default void oneAndTwoCharactersAreFound() {
        assumeFindsEverything();
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
    default void aSearchSeesTheLatestTextOnly() {
        assumeFindsEverything();
        store("key", "zebrafish before");
        backend().store(memory("key", "heliotrope after"));

        assertThat(found("heliotrope")).containsExactly("key");
        assertThat(found("zebrafish")).isEmpty();
    }

    @Test
    default void aHitIsTheWholeMemory() {
        assumeFindsEverything();
        MemoryEntry entry = store(memory(user(), "key", "the value", Map.of("a", 1)));

        for (String query : List.of("value", "al")) {
            assertThat(hits(user(), query, 5)).singleElement().satisfies(hit -> assertSame(hit, entry));
        }
    }

    @Test
    default void aSearchReturnsNoMoreThanTheLimit() {
        assumeFindsEverything();
        for (int i = 0; i < 7; i++) {
            store("key" + i, "value");
        }

        for (String query : new String[] {"value", "va", "v"}) {
            assertThat(hits(user(), query, 3)).hasSize(3);
            assertThat(hits(user(), query, 1000)).hasSize(7);
        }
    }

    @Test
    default void withoutAQueryTheNewestComeFirst() {
        assumeFindsEverything();
        store("first", "value");
        store("second", "value");
        store("third", "value");
        backend().store(memory("first", "changed"));

        assertThat(found(null)).containsExactly("first", "third", "second");
        assertThat(keys(hits(user(), null, 2))).containsExactly("first", "third");
        assertThat(hits(user() + "2", null, 2)).isEmpty();
    }

    @Test
    default void whatContainsTheWholeQueryComesFirst() {
        assumeFindsEverything();
        store("in the value", "bought a Copper Kettle today");
        store("the COPPER kettle", "hangs in the kitchen");
        store("words 1", "a kettle of copper, a copper pot and a kettle, kettle, kettle");
        store("words 2", "copper, copper, copper and kettles");

        List<String> exact = List.of("in the value", "the COPPER kettle");
        List<String> found = found("copper kettle");
        assertThat(found.subList(0, 2)).containsExactlyInAnyOrderElementsOf(exact);
        assertThat(exact).containsAll(keys(hits(user(), "copper kettle", 1)));
    }
}
