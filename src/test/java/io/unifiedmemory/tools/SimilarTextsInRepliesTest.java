package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.reads.SearchOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** That a store names the keys under which nearly the same is kept. */
class SimilarTextsInRepliesTest {

    private static final String TEXT = "Anna prefers green tea in the morning";

    @TempDir
    private Path folder;

    private UnifiedMemory memory = ToolBoxes.emptyMemory();
    private ToolBox tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());

    private void open(Duration similar) {
        memory.close();
        memory = ToolBoxes.onSqlite(folder)
                .search(new SearchOptions(Duration.ofSeconds(30), similar))
                .build();
        tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void aNewKeyForNearlyTheSameTextIsToldWhereThatIs() {
        open(Duration.ofMinutes(1));
        assertThat(similarTo("u", "tea", TEXT)).isEmpty();

        assertThat(similarTo("u", "drinks/morning", "Anna prefers green tea every morning"))
                .containsExactly("tea 0.83");
        assertThat(similarTo("u", "walks", "Anna likes long walks in the morning"))
                .isEmpty();
        assertThat(similarTo("other", "tea", TEXT)).isEmpty();
    }

    @Test
    void whoeverReplacesATextIsNotAskedWhetherItWasMeant() {
        open(Duration.ofMinutes(1));
        similarTo("u", "tea", TEXT);
        similarTo("u", "drinks", "no alcohol");

        assertThat(similarTo("u", "drinks", TEXT)).isEmpty();
    }

    @Test
    void whoeverStoresManyInARowIsNotAskedAboutEach() {
        open(Duration.ofMinutes(1));
        int told = 0;
        for (int i = 0; i < 500; i++) {
            told += similarTo("u", "tea " + i, TEXT).isEmpty() ? 0 : 1;
        }

        assertThat(told).isBetween(5, 400);
    }

    @Test
    void nothingIsLookedUpWhereTheOwnerDoesNotWantIt() {
        open(Duration.ZERO);
        similarTo("u", "tea", TEXT);

        assertThat(similarTo("u", "tea again", TEXT)).isEmpty();
    }

    @Test
    void whatHasExpiredIsNotNamed() {
        open(Duration.ofMinutes(1));
        memory.store("u", "tea", TEXT, Map.of(), Instant.now().minusMillis(1), null);

        assertThat(similarTo("u", "drinks", TEXT)).isEmpty();
    }

    private static ToolCall call(Map<String, Object> arguments) {
        return new ToolCall(arguments, Map.of(), Principal.LOCAL);
    }

    private List<String> similarTo(String user, String key, String value) {
        ToolResult result = tools.call("store", call(Map.of("user_id", user, "key", key, "value", value)));
        JsonNode similar =
                Json.mapper().readTree(Json.write(result.structured())).path("similar");
        List<String> told = new ArrayList<>();
        similar.forEach(one ->
                told.add(one.path("key").asString() + " " + one.path("score").asDouble()));
        return told;
    }
}
