package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A client searches the jar over stdio: page by page while another process writes, and beside a bad upstream. */
class SearchIT {

    private static final int MEMORIES = 120;

    /** A timeout that no call of a test lives to see: who waits for the upstream gets no answer. */
    private static final int NEVER_MS = 600_000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"relevance", "recency"})
    void filteredPagesNeitherRepeatNorSkipWhileAnotherProcessWrites(String order) throws InterruptedException {
        Home home = new Home(folder);
        try (McpProcess reader = home.local().start();
                McpProcess writer = home.local().start()) {
            reader.initialize();
            writer.initialize();
            List<String> originals = new ArrayList<>();
            for (int i = 0; i < MEMORIES; i++) {
                boolean wanted = i % 2 == 0;
                reader.ask("store", memory("note/" + i, "tea leaf " + i, wanted ? "in" : "out"));
                if (wanted) {
                    originals.add("note/" + i);
                }
            }
            AtomicBoolean reading = new AtomicBoolean(true);
            Thread writing = new Thread(() -> writeWhile(reading, writer), "writer");
            List<String> seen = new ArrayList<>();
            Map<String, Object> arguments = new HashMap<>(Map.of(
                    "user_id", "anna",
                    "query", "tea",
                    "order", order,
                    "limit", 7,
                    "key_prefix", "note/",
                    "since", "2020-01-01",
                    "metadata", Map.of("kind", "in")));
            JsonNode page = reader.ask("search", arguments);
            page.path("results").forEach(hit -> seen.add(hit.path("key").asString()));
            // What was created before the first page would stand among the others.
            writing.start();
            while (page.has("next_cursor")) {
                arguments.put("cursor", page.path("next_cursor").asString());
                page = reader.ask("search", arguments);
                page.path("results").forEach(hit -> seen.add(hit.path("key").asString()));
            }
            reading.set(false);
            writing.join();

            assertThat(seen).doesNotHaveDuplicates();
            assertThat(seen.subList(0, originals.size())).containsExactlyInAnyOrderElementsOf(originals);
            assertThat(seen.subList(originals.size(), seen.size())).allMatch(key -> key.startsWith("note/new"));
        }
    }

    /** Rewrites what may have been shown or not, and adds what ranks and dates before everything else. */
    private static void writeWhile(AtomicBoolean reading, McpProcess writer) {
        for (int i = 0; reading.get(); i++) {
            writer.ask("store", memory("note/" + 2 * (i % (MEMORIES / 2)), "tea tea " + i, "in"));
            writer.ask("store", memory("note/new " + i, "tea tea tea", "in"));
        }
    }

    @ParameterizedTest
    @CsvSource({"hang, 0", "delay, 600000", "garbage, 0", "nonsense, 0"})
    void anUpstreamThatSearchesBadlyOrLateNeitherSpoilsNorHoldsUpTheResult(String fault, String milliseconds) {
        Home home = new Home(folder);
        try (McpProcess server =
                home.withFault(NEVER_MS, 500, fault, "read_graph", milliseconds).start()) {
            server.initialize();
            server.askUntil(
                    "health",
                    Map.of(),
                    health -> health.at("/backends/" + Home.UPSTREAM + "/up").asBoolean());
            server.ask("store", memory("tea", "Darjeeling", "in"));

            JsonNode found = server.ask("search", Map.of("user_id", "anna", "query", "darjeeling"));

            assertThat(found.at("/results/0/key").asString()).isEqualTo("tea");
            assertThat(found.path("complete").asBoolean(true)).isFalse();
            assertThat(found.path("problems").path(Home.UPSTREAM).asString()).isNotBlank();
        }
    }

    @Test
    void anotherInstanceIsToldOrderAndFiltersAndGivesExactValues() {
        Home far = new Home(folder.resolve("far"));
        Home near = new Home(folder.resolve("near"));
        assertThat(far.folder().toFile().mkdirs() && near.folder().toFile().mkdirs())
                .isTrue();
        String value = "tea " + "filler ".repeat(3000);
        try (McpProcess server = far.local().start()) {
            server.initialize();
            server.ask("store", memory("note/long", value, "in"));
            server.ask("store", memory("note/other", "tea", "out"));
            server.ask("store", memory("other", "tea", "in"));
        }
        List<String> command = far.local().command();
        try (McpProcess server = near.withUpstream(command.get(0), command.subList(1, command.size()), 30_000)
                .start()) {
            server.initialize();
            server.askUntil(
                    "health",
                    Map.of(),
                    health -> health.at("/backends/" + Home.UPSTREAM + "/up").asBoolean());
            JsonNode found = server.ask(
                    "search",
                    Map.of(
                            "user_id",
                            "anna",
                            "query",
                            "tea",
                            "order",
                            "recency",
                            "key_prefix",
                            "note/",
                            "metadata",
                            Map.of("kind", "in")));
            assertThat(found.path("complete").asBoolean()).as(found.toString()).isTrue();
            assertThat(found.path("results")).hasSize(1);
            assertThat(found.at("/results/0/value_chars").asInt()).isEqualTo(value.length());
            assertThat(found.at("/results/0/backends/0").asString()).isEqualTo(Home.UPSTREAM);
        }
    }

    private static Map<String, Object> memory(String key, String value, String kind) {
        return Map.of("user_id", "anna", "key", key, "value", value, "metadata", Map.of("kind", kind));
    }
}
