package io.unifiedmemory.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * A server that is killed between two steps of a write, at each place in turn, finishes it after its restart: once, and
 * right. From the first call to the upstream on the write is committed locally.
 */
@Execution(ExecutionMode.CONCURRENT)
class KilledBetweenStepsIT {

    private static final Map<String, Object> PLACE = Map.of("user_id", "anna", "key", "tea");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The value of a key that holds none. */
    private static final String ABSENT = "";

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "killed {0} call {2} of {1}")
    @CsvSource({
        "before, open_nodes, 1",
        "after, open_nodes, 1",
        "before, create_entities, 1",
        "after, create_entities, 1",
        "before, open_nodes, 2",
        "after, open_nodes, 2"
    })
    void aNewMemoryArrivesOnce(String side, String tool, int nth) throws IOException {
        killAt(side, tool, nth, "store", memory("Darjeeling"));

        assertDelivered("Darjeeling");
    }

    @ParameterizedTest(name = "killed {0} call {2} of {1}")
    @CsvSource({
        "before, add_observations, 1",
        "after, add_observations, 1",
        "before, delete_observations, 1",
        "after, delete_observations, 1",
        "after, open_nodes, 2"
    })
    void aNewValueReplacesTheOldOne(String side, String tool, int nth) throws IOException {
        store("Assam");
        killAt(side, tool, nth, "store", memory("Darjeeling"));

        assertDelivered("Darjeeling");
    }

    @ParameterizedTest(name = "killed {0} call {2} of {1}")
    @CsvSource({
        "before, open_nodes, 1",
        "before, delete_entities, 1",
        "after, delete_entities, 1",
        "after, open_nodes, 2"
    })
    void aDeletedMemoryIsGone(String side, String tool, int nth) throws IOException {
        store("Assam");
        killAt(side, tool, nth, "delete", PLACE);

        assertDelivered(ABSENT);
    }

    private void store(String value) {
        try (ServerProcess server =
                start("node", List.of(World.referenceServer().toString()))) {
            server.ask("store", memory(value));
            awaitDelivery(server);
        }
    }

    /**
     * Makes a call, and kills the server as soon as the upstream has been asked, or has answered, what the gate holds.
     */
    private void killAt(String side, String tool, int nth, String call, Map<String, Object> arguments)
            throws IOException {
        try (ServerSocket gate = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            gate.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            String script = Path.of(BuiltJar.required("unified-memory.node"))
                    .resolve("gate-upstream.mjs")
                    .toString();
            List<String> gated =
                    List.of(script, side, tool, Integer.toString(nth), Integer.toString(gate.getLocalPort()));
            ServerProcess server = start("node", gated);
            try {
                server.send(call, (Object) arguments);
                gate.accept().close();
            } finally {
                server.kill();
            }
        }
    }

    private void assertDelivered(String value) throws IOException {
        try (ServerProcess server =
                start("node", List.of(World.referenceServer().toString()))) {
            JsonNode read = server.ask("retrieve", PLACE);
            assertThat(read.at("/entry/value").asString("")).as(read.toString()).isEqualTo(value);
            awaitDelivery(server);
        }
        List<String> values = new ArrayList<>();
        for (String line : Files.readAllLines(graph())) {
            JsonNode entity = Json.mapper().readTree(line);
            assertThat(entity.path("name").asString()).isEqualTo("anna/tea");
            entity.path("observations").forEach(observation -> values.add(observation.asString()));
        }
        if (value.equals(ABSENT)) {
            assertThat(values).isEmpty();
        } else {
            assertThat(values).as("a value and what describes it").hasSize(2).containsOnlyOnce(value);
        }
    }

    private static void awaitDelivery(ServerProcess server) {
        server.askUntil("health", Map.of(), PATIENCE, health -> {
            JsonNode upstream = health.at("/backends/" + World.UPSTREAM);
            return upstream.path("up").asBoolean() && upstream.path("pending").asInt(-1) == 0;
        });
    }

    private ServerProcess start(String command, List<String> arguments) {
        try {
            Path config = folder.resolve("config.json");
            Map<String, Object> upstream = Map.of(
                    "command",
                    command,
                    "args",
                    arguments,
                    "env",
                    Map.of("MEMORY_FILE_PATH", graph().toString()),
                    "timeoutMs",
                    3000);
            Files.writeString(config, Json.write(Map.of("upstreams", Map.of(World.UPSTREAM, upstream))));
            return new ServerProcess(
                    List.of("--db", folder.resolve("memory.db").toString(), "--config", config.toString()),
                    folder.resolve("server.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path graph() {
        return folder.resolve("graph.jsonl");
    }

    private static Map<String, Object> memory(String value) {
        return Map.of("user_id", "anna", "key", "tea", "value", value);
    }
}
