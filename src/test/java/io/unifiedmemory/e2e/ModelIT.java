package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.meaning.TestAddOn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The jar with the real model, over stdio. */
class ModelIT {

    private static final Map<String, ?> QUESTION = Map.of("user_id", "anna", "query", "Which beverages please her?");

    /** More than are made between the beginning of the work and a look at it. */
    private static final int MEMORIES = 300;

    @TempDir
    private Path folder;

    private McpProcess start(Path model) {
        return launch(model).start();
    }

    private Launch launch(Path model, String... arguments) {
        return Launch.jar(arguments)
                .env("UNIFIED_MEMORY_DB", folder.resolve("memory.db").toString())
                .env("UNIFIED_MEMORY_SEARCH_MODEL_FOLDER", model.toString())
                .env("UNIFIED_MEMORY_SEARCH_MEANING_PATIENCE_MS", "60000");
    }

    private static String detail(JsonNode health) {
        return health.path("backends").path("sqlite").path("detail").asString();
    }

    @Test
    void aKilledServerLeavesItsWorkToTheNextWhichFindsWhatSharesNoWord() {
        Path model = TestAddOn.installed().folder();
        try (McpProcess server = start(model)) {
            server.initialize();
            server.ask("store", memory("tea", "Anna loves a cup of sencha in the morning"));
            for (int i = 0; i < MEMORIES; i++) {
                server.ask(
                        "store", memory("meeting " + i, "Minutes of meeting " + i + " about the budget of the house"));
            }
            server.askUntil("health", Map.of(), health -> detail(health).contains("memories wait for"));
            server.kill();
        }
        try (McpProcess server = start(model)) {
            server.initialize();
            server.askUntil("health", Map.of(), health -> detail(health).endsWith("meanings by e5-small-v2-q"));
        }
        try (McpProcess server = start(model)) {
            server.initialize();
            JsonNode first = server.ask("search", QUESTION);
            assertThat(first.path("note").asString()).contains("still being loaded");
            JsonNode found = server.askUntil("search", QUESTION, reply -> !reply.has("note"));
            assertThat(found.path("results").path(0).path("key").asString()).isEqualTo("tea");
            assertThat(found.path("results").path(0).path("by_meaning").asBoolean())
                    .isTrue();
            assertThat(found.path("complete").asBoolean()).isTrue();
        }
        Launch.Finished call = launch(
                        model, "call", "search", "{\"user_id\":\"anna\",\"query\":\"Which beverages please her?\"}")
                .run();
        assertThat(call.stdout())
                .as("one call waits for the model")
                .contains("sencha")
                .doesNotContain("\"note\"");
        Launch.Finished status = launch(model, "model", "status").run();
        assertThat(status.stdout()).contains("e5-small-v2-q works", "0 memories wait");
    }

    @Test
    void aBrokenModelFailsNoSearchAndHealthSaysWhatToDo() throws IOException {
        Path broken = Files.createDirectory(folder.resolve("broken"));
        Files.write(broken.resolve("onnxruntime.jar"), new byte[] {1, 2, 3});
        try (McpProcess server = start(broken)) {
            server.initialize();
            server.ask("store", memory("tea", "Anna loves green tea"));
            JsonNode found = server.ask("search", Map.of("user_id", "anna", "query", "her tea"));
            assertThat(found.path("results").path(0).path("key").asString()).isEqualTo("tea");
            assertThat(found.path("complete").asBoolean()).isTrue();
            JsonNode health = server.askUntil(
                    "health", Map.of(), state -> state.path("problems").has("meaning"));
            assertThat(health.path("problems").path("meaning").asString())
                    .contains("words alone", broken.toString(), "model install");
            assertThat(health.path("backends").path("sqlite").path("up").asBoolean())
                    .isTrue();
        }
        Launch.Finished status = launch(broken, "model", "status").run();
        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.stdout()).contains("does not work");
        assertThat(status.stderr()).contains("cannot be loaded", "model install");
    }

    /** What a server loads before it reads its first request is what the first reply waits for. */
    @Test
    void nothingOfTheModelIsLoadedAtTheStart() throws IOException {
        Path log = folder.resolve("classes.log");
        Launch.Finished finished = launch(TestAddOn.installed().folder())
                .env("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + log)
                .run();
        assertThat(finished.exitCode()).as(finished.stderr()).isZero();
        List<String> loaded = classes(log);
        assertThat(loaded).contains("io.unifiedmemory.commands.ServeStdio", "io.unifiedmemory.commands.Application");
        assertThat(loaded)
                .filteredOn(name -> name.startsWith("io.unifiedmemory.meaning.") || name.startsWith("ai.onnxruntime."))
                .isSubsetOf("io.unifiedmemory.meaning.MeaningOptions");
    }

    private static List<String> classes(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(line -> line.replaceFirst("^(\\[[^]]*])+ ", "").split(" ", 2)[0])
                    .toList();
        }
    }

    private static Map<String, ?> memory(String key, String value) {
        return Map.of("user_id", "anna", "key", key, "value", value);
    }
}
