package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.unified.UnifiedMemory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** That a key is pointed out which differs from a new one only in case. */
class SimilarKeysTest {

    @TempDir
    private Path folder;

    private UnifiedMemory memory = ToolBoxes.emptyMemory();
    private ToolBox tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());

    @BeforeEach
    void open() {
        memory.close();
        memory = ToolBoxes.onSqlite(folder).build();
        tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @ParameterizedTest
    @CsvSource({
        "favourite-colour, Favourite-Colour",
        "favourite-colour, FAVOURITE-COLOUR",
        "FAVOURITE_COLOUR, favourite_colour",
        "Favourite colour, FAVOURITE COLOUR",
        "Favourite.Colour, favourite.colour",
        "favouritecolour, favouriteColour",
        "project-x/deadline, Project-X/Deadline",
        "T, t",
        "1a, 1A",
        "\u00e4pfel, \u00c4PFEL",
        "\u043c\u0430\u043c\u0430, \u041c\u0430\u043c\u0430",
        "\u03bf\u03b4\u03cc\u03c2, \u039f\u0394\u038c\u03a3",
        "\u03ab\u0301\u0394\u03a9\u03a1, \u03b0\u03b4\u03c9\u03c1",
        "\ud801\udc28, \ud801\udc00"
    })
    void aKeyInAnotherCaseIsPointedOut(String first, String second) {
        assertThat(similarTo("u", first)).isEmpty();

        assertThat(similarTo("u", second)).containsExactly(first);

        assertThat(similarTo("u", second)).as("it is no new key any more").isEmpty();
        assertThat(similarTo("another", second)).as("of another user").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"tea, teas", "tea, te-a", "my-tea, my_tea", "my-tea, myTea", "\u4e2d, \u6587", "a'b, a''b", "a%, A_"})
    void anotherWordIsNot(String first, String second) {
        similarTo("u", first);

        assertThat(similarTo("u", second)).isEmpty();
    }

    @Test
    void allAreNamedThatThereAre() {
        List<String> cases = List.of("Green Tea", "green tea", "Green tea", "GREEN TEA");
        cases.forEach(key -> similarTo("u", key));

        assertThat(similarTo("u", "gREEN tEA")).containsExactlyInAnyOrderElementsOf(cases);
    }

    @Test
    void whatWasDeletedIsNotNamedAndIsNewWhenItIsStoredAgain() {
        similarTo("u", "tea");
        similarTo("u", "Tea");
        memory.delete("u", "tea", null);

        assertThat(similarTo("u", "TEA")).containsExactly("Tea");
        assertThat(similarTo("u", "tea")).containsExactlyInAnyOrder("Tea", "TEA");

        memory.deleteAll("u", null);
        assertThat(similarTo("u", "Tea")).isEmpty();
        assertThat(similarTo("u", "tea")).containsExactly("Tea");
    }

    @Test
    void aLongTextIsNoName() {
        similarTo("u", "a".repeat(100));
        similarTo("u", "a".repeat(101));

        assertThat(similarTo("u", "A".repeat(100))).containsExactly("a".repeat(100));
        assertThat(similarTo("u", "A".repeat(101))).isEmpty();
    }

    private List<String> similarTo(String user, String key) {
        ToolResult result = tools.call(
                "store", new ToolCall(Map.of("user_id", user, "key", key, "value", "v"), Map.of(), Principal.LOCAL));
        JsonNode similar =
                Json.mapper().readTree(Json.write(result.structured())).path("similar_keys");
        List<String> keys = new ArrayList<>();
        similar.forEach(one -> keys.add(one.asString()));
        return keys;
    }
}
