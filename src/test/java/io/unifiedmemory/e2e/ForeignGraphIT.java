package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Somebody comes with a graph that other programs filled, in the real reference server. */
class ForeignGraphIT {

    private static final List<Map<String, Object>> GRAPH = List.of(
            entity("Acme", "organization", "Founded 1999", "Located in Berlin"),
            entity("Anna_Schmidt", "person", "Works at Acme as a backend engineer", "Spricht Deutsch und Englisch"),
            entity("Project Phoenix", "project", "Deadline is 31 March 2027", "Written in Kotlin with PostgreSQL"),
            relation("Anna_Schmidt", "works_at", "Acme"),
            relation("Anna_Schmidt", "leads", "Project Phoenix"));

    @TempDir
    private Path folder;

    private Home home;

    @BeforeEach
    void fillGraph() throws IOException {
        home = new Home(folder);
        Files.write(home.graph(), GRAPH.stream().map(Json::write).toList());
    }

    @Test
    void whatIsThereAlreadyIsFoundInPlainWords() {
        try (McpProcess server = start()) {
            server.ask("store", Map.of("key", "work", "value", "I work from home on Fridays"));

            assertFinds(server, "where does Anna work?", "Anna_Schmidt");
            assertFinds(server, "Anna Schmidt", "Anna_Schmidt");
            assertFinds(server, "deadline of Phoenix", "Project Phoenix");
            assertFinds(server, "who leads Project Phoenix?", "Project Phoenix");
            assertFinds(server, "kotlins", "Project Phoenix");
            assertFinds(server, "berln", "Acme");
            assertFinds(server, "postgre", "Project Phoenix");
            assertFinds(server, "Wer spricht Englisch?", "Anna_Schmidt");
        }
    }

    private static void assertFinds(McpProcess server, String question, String key) {
        JsonNode found = server.ask("search", Map.of("query", question));
        assertThat(found.path("complete").asBoolean()).as(found.toString()).isTrue();
        assertThat(found.at("/results/0/key").asString()).as(question).isEqualTo(key);
    }

    @Test
    void whatTheUserDeletesIsGoneAndWhatIsWrittenLaterIsShown() throws IOException {
        try (McpProcess server = start()) {
            JsonNode deleted = server.ask("delete", Map.of("key", "Anna_Schmidt"));

            assertThat(deleted.path("deleted").asBoolean()).isTrue();
            assertThat(deleted.path("count").asInt()).isEqualTo(1);
            assertThat(deleted.path("durability").asString()).isEqualTo("replicated");
            assertThat(Files.readString(home.graph()))
                    .doesNotContain("Anna_Schmidt")
                    .contains("Acme");

            JsonNode all = server.ask("delete", Map.of("all", true));
            assertThat(all.path("count").asInt()).isEqualTo(2);
            assertThat(Files.readString(home.graph())).isBlank();

            Files.write(home.graph(), List.of(Json.write(entity("Acme", "organization", "Bought by Initech"))));
            assertThat(server.ask("get_all", Map.of()).at("/memories/Acme").asString())
                    .isEqualTo("Bought by Initech");
            assertFinds(server, "who bought Acme", "Acme");
            assertThat(server.ask("retrieve", Map.of("key", "Acme"))
                            .path("found")
                            .asBoolean())
                    .isTrue();
        }
    }

    @Test
    void neitherAnotherUserNorACleanupTouchesIt() throws IOException {
        try (McpProcess server = start()) {
            server.ask("cleanup", Map.of("max_age_days", 1));
            JsonNode other = server.ask("delete", Map.of("user_id", "ben", "key", "Acme"));
            assertThat(other.path("deleted").asBoolean()).isFalse();
            server.ask("delete", Map.of("user_id", "ben", "all", true));

            assertThat(server.ask("get_all", Map.of()).path("memories")).hasSize(3);
            assertThat(Files.readAllLines(home.graph())).hasSize(GRAPH.size());
        }
    }

    @Test
    void whatStaysBehindAnotherInstanceOfThisServerIsTold(@TempDir Path front) throws IOException {
        List<String> command = new ArrayList<>(List.of("UNIFIED_MEMORY_DEFAULT_USER=anna"));
        command.addAll(home.withReference(30_000).command());
        try (McpProcess server = start(new Home(front).withUpstream("env", command, 30_000))) {
            server.askUntil(
                    "retrieve",
                    Map.of("key", "Acme"),
                    found -> found.path("found").asBoolean());

            for (Map<String, Object> what : List.<Map<String, Object>>of(Map.of("key", "Acme"), Map.of("all", true))) {
                JsonNode deleted = server.ask("delete", what);
                assertThat(deleted.path("deleted").asBoolean()).isFalse();
                assertThat(deleted.at("/problems/" + Home.UPSTREAM).asString()).contains("stays");
            }
            assertThat(server.ask("delete", Map.of("key", "nothing")).has("problems"))
                    .isFalse();
            assertThat(Files.readAllLines(home.graph())).hasSize(GRAPH.size());
        }
    }

    private McpProcess start() {
        return start(home.withReference(30_000));
    }

    private static McpProcess start(Launch launch) {
        McpProcess server = launch.env("UNIFIED_MEMORY_DEFAULT_USER", "anna").start();
        server.initialize();
        server.askUntil(
                "health",
                Map.of(),
                health -> health.at("/backends/" + Home.UPSTREAM + "/up").asBoolean());
        return server;
    }

    private static Map<String, Object> entity(String name, String type, String... observations) {
        return Map.of("type", "entity", "name", name, "entityType", type, "observations", List.of(observations));
    }

    private static Map<String, Object> relation(String from, String type, String to) {
        return Map.of("type", "relation", "from", from, "to", to, "relationType", type);
    }
}
