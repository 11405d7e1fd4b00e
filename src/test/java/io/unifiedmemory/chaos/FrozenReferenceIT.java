package io.unifiedmemory.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * SQLite is disabled, and the reference server, which knows no versions, is frozen while writes are queued. Once it is
 * thawed, no queued write overtakes a newer one of the same memory that the server itself delivers meanwhile.
 */
class FrozenReferenceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int KEYS = 45;

    @TempDir
    private Path folder;

    @Test
    void aDeleteThatWasAcknowledgedStays() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        expected.put("anna/probe", "probe");
        try (ServerProcess server = start()) {
            awaitDelivery(server);
            server.signalChildren("STOP");
            for (int i = 0; i < KEYS; i++) {
                store(server, i, "queued", expected);
                if (i % 5 == 0) {
                    delete(server, i, expected);
                }
                if (i % 10 == 0) {
                    store(server, i, "queued again", expected);
                }
            }
            server.signalChildren("CONT");
            // The relay delivers from now on, and what is written now goes to the server directly as well.
            server.askUntil(
                    "store",
                    Map.of("user_id", "anna", "key", "probe", "value", "probe"),
                    PATIENCE,
                    stored -> stored.path("durability").asString().equals("replicated"));
            for (int i = KEYS - 1; i >= 0; i--) {
                if (i % 3 == 0) {
                    store(server, i, "newer", expected);
                } else {
                    delete(server, i, expected);
                }
            }
            assertRead(server, expected);
            awaitDelivery(server);
            assertRead(server, expected);
        }
        assertThat(inGraph()).isEqualTo(expected);
        try (ServerProcess server = start()) {
            awaitDelivery(server);
            assertRead(server, expected);
        }
        assertThat(inGraph()).isEqualTo(expected);
    }

    private static void store(ServerProcess server, int i, String value, Map<String, String> expected) {
        Map<String, Object> arguments = new TreeMap<>(key(i));
        arguments.put("value", value);
        server.ask("store", arguments);
        expected.put("anna/" + i, value);
    }

    private static void delete(ServerProcess server, int i, Map<String, String> expected) {
        server.ask("delete", key(i));
        expected.remove("anna/" + i);
    }

    private static void assertRead(ServerProcess server, Map<String, String> expected) {
        for (int i = 0; i < KEYS; i++) {
            JsonNode read = server.ask("retrieve", key(i));
            assertThat(read.at("/entry/value").asString(""))
                    .as(read.toString())
                    .isEqualTo(expected.getOrDefault("anna/" + i, ""));
        }
    }

    /** The first observation of each entity is the value of the memory. */
    private Map<String, String> inGraph() throws IOException {
        Map<String, String> values = new TreeMap<>();
        for (String line : Files.readAllLines(graph())) {
            JsonNode entity = Json.mapper().readTree(line);
            List<String> observations = new ArrayList<>();
            entity.path("observations").forEach(observation -> observations.add(observation.asString()));
            assertThat(observations).as("a value and what describes it").hasSize(2);
            values.put(
                    entity.path("name").asString(),
                    observations.stream()
                            .filter(text -> text.matches("queued|queued again|newer|probe"))
                            .findFirst()
                            .orElse("none of ours"));
        }
        return values;
    }

    private static void awaitDelivery(ServerProcess server) {
        server.askUntil("health", Map.of(), PATIENCE, health -> {
            JsonNode upstream = health.at("/backends/" + World.UPSTREAM);
            return upstream.path("up").asBoolean() && upstream.path("pending").asInt(-1) == 0;
        });
    }

    private ServerProcess start() throws IOException {
        Map<String, Object> upstream = Map.of(
                "command",
                "node",
                "args",
                List.of(World.referenceServer().toString()),
                "env",
                Map.of("MEMORY_FILE_PATH", graph().toString()),
                "timeoutMs",
                1_000,
                "maxRetries",
                0);
        Path config = folder.resolve("config.json");
        Files.writeString(config, Json.write(Map.of("upstreams", Map.of(World.UPSTREAM, upstream))));
        String database = folder.resolve("memory.db").toString();
        return new ServerProcess(
                List.of("--db", database, "--config", config.toString(), "--sqlite-enabled", "false"),
                folder.resolve("server.log"));
    }

    private Path graph() {
        return folder.resolve("graph.jsonl");
    }

    private static Map<String, Object> key(int i) {
        return Map.of("user_id", "anna", "key", Integer.toString(i));
    }
}
