package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.Json;
import io.unifiedmemory.sqlite.SqliteBackend;
import io.unifiedmemory.sqlite.SqliteDatabase;
import io.unifiedmemory.sqlite.SqliteOptions;
import io.unifiedmemory.sqlite.SqliteOutbox;
import io.unifiedmemory.unified.SlotOptions;
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
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** That a key is pointed out which differs from a new one in spelling only. */
class SimilarKeysTest {

    @TempDir
    private Path folder;

    private UnifiedMemory memory = ToolBoxes.emptyMemory();
    private ToolBox tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());

    @BeforeEach
    void open() {
        memory.close();
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        memory = UnifiedMemory.builder()
                .outbox(new SqliteOutbox(database, Clock.systemUTC()))
                .local("sqlite", new SqliteBackend(database), SlotOptions.LOCAL)
                .build();
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
        "favourite-colour, favourite_colour",
        "favourite-colour, favourite colour",
        "favourite-colour, favouriteColour",
        "favourite-colour, FavouriteColour",
        "favourite-colour, Favourite Colour",
        "favourite-colour, FAVOURITE_COLOUR",
        "favouritecolour, favouriteColour",
        "project-x/deadline, Project-X/Deadline",
        "\u00e4pfel, \u00c4PFEL",
        "\u043c\u0430\u043c\u0430, \u041c\u0430\u043c\u0430",
        "\u03bf\u03b4\u03cc\u03c2, \u039f\u0394\u038c\u03a3",
        "\ud801\udc28, \ud801\udc00"
    })
    void anotherSpellingIsPointedOut(String first, String second) {
        assertThat(similarTo("u", first)).isEmpty();

        assertThat(similarTo("u", second)).containsExactly(first);

        assertThat(similarTo("u", second)).as("it is no new key any more").isEmpty();
        assertThat(similarTo("another", second)).as("of another user").isEmpty();
    }

    @Test
    void whatWasDeletedOrIsAnotherWordIsNot() {
        similarTo("u", "tea");
        assertThat(similarTo("u", "teas")).isEmpty();
        memory.delete("u", "tea", null);

        assertThat(similarTo("u", "Tea")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "_", "--__", "a", "\u4e2d\u6587", "\ud83d\ude00", "1", "a\"b", "a'b", "%", "*"})
    void anyKeyHasSomeSpellingsAndNeverItself(String key) {
        assertThat(SimilarKeys.of(key)).doesNotContain(key).doesNotContain("").hasSizeLessThan(30);
        assertThat(similarTo("u", key)).isEmpty();
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
