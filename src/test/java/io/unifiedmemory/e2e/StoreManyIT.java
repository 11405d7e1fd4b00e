package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Many memories in one call: two processes, one of which is killed, an upstream that comes later, and HTTP. */
class StoreManyIT {

    private static final int CALLS = 40;
    private static final int MANY = 100;

    @TempDir
    private Path folder;

    private static Map<String, Object> many(String writer, int call) {
        List<Map<String, Object>> memories = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            memories.add(Map.of("key", writer + "-" + call + "-" + i, "value", "value " + i));
        }
        return Map.of("user_id", "anna", "memories", memories);
    }

    private static int total(McpProcess server) {
        return server.ask("get_all", Map.of("user_id", "anna", "limit", 1))
                .path("total")
                .asInt();
    }

    /** Each call is one transaction here, so a call is there as a whole or not at all. */
    @Test
    void aProcessThatIsKilledLosesNothingThatItAcknowledged() {
        Home home = new Home(folder);
        try (McpProcess survivor = home.local().start();
                McpProcess doomed = home.local().start()) {
            survivor.initialize();
            doomed.initialize();
            for (int call = 0; call < CALLS; call++) {
                doomed.sendCall("doomed-" + call, "store_many", many("doomed", call));
                survivor.sendCall("survivor-" + call, "store_many", many("survivor", call));
            }
            doomed.replyTo("doomed-" + CALLS / 2);
            doomed.kill();
            doomed.exitCode();
            for (int call = 0; call < CALLS; call++) {
                assertThat(survivor.replyTo("survivor-" + call)
                                .at("/result/structuredContent/outcomes")
                                .valueStream()
                                .map(JsonNode::asString))
                        .hasSize(MANY)
                        .containsOnly("stored");
            }
            Map<Integer, Boolean> acknowledged = new HashMap<>();
            for (String line : doomed.lines()) {
                JsonNode reply = Json.mapper().readTree(line);
                String id = reply.path("id").asString("");
                if (id.startsWith("doomed-")) {
                    acknowledged.put(Integer.parseInt(id.substring("doomed-".length())), true);
                }
            }
            assertThat(acknowledged).isNotEmpty();
            for (int call : acknowledged.keySet()) {
                for (int i = 0; i < MANY; i += MANY - 1) {
                    assertThat(survivor.ask("retrieve", Map.of("user_id", "anna", "key", "doomed-" + call + "-" + i))
                                    .path("found")
                                    .asBoolean())
                            .as("call %d, memory %d", call, i)
                            .isTrue();
                }
            }
            int all = total(survivor);
            assertThat(all % MANY).isZero();
            assertThat(all).isGreaterThanOrEqualTo((CALLS + acknowledged.size()) * MANY);
        }
    }

    /** The upstream is another instance of this server, which cannot be started at first. */
    @Test
    void anUpstreamGetsThemInOneCallAndWhatItMissedLater() {
        Home home = new Home(folder);
        Path shared = folder.resolve("shared.db");
        try (McpProcess server =
                home.withUpstream("no-such-program", List.of(), 30_000).start()) {
            server.initialize();
            server.askUntil(
                    "health",
                    Map.of(),
                    health -> health.path("status").asString().equals("degraded"));
            JsonNode queued = server.ask("store_many", many("early", 0));
            assertThat(queued.path("durability").asString())
                    .as(queued.toString())
                    .isEqualTo("queued");
        }
        List<String> up = new ArrayList<>(Launch.jar("--db", shared.toString()).command());
        try (McpProcess server = home.withUpstream(up.remove(0), up, 30_000).start()) {
            server.initialize();
            server.askUntil(
                    "health",
                    Map.of(),
                    health -> health.path("status").asString().equals("ok"));
            JsonNode stored = server.ask("store_many", many("late", 0));
            assertThat(stored.path("durability").asString())
                    .as(stored.toString())
                    .isEqualTo("replicated");
            server.askUntil(
                    "health",
                    Map.of(),
                    health ->
                            health.at("/backends/" + Home.UPSTREAM + "/pending").asInt() == 0);
        }
        try (McpProcess server = Launch.jar("--db", shared.toString()).start()) {
            server.initialize();
            assertThat(total(server)).isEqualTo(2 * MANY);
        }
    }

    @Test
    void aTokenThatMayOnlyReadMayNot() throws Exception {
        Path database = new Home(folder).database();
        Launch tokens = Launch.jar("token", "create", "--user", "anna", "--read-only", "--name", "reader")
                .env("UNIFIED_MEMORY_DB", database.toString());
        Launch.Finished reader = tokens.run();
        Launch.Finished writer = Launch.jar("token", "create", "--user", "anna", "--name", "writer")
                .env("UNIFIED_MEMORY_DB", database.toString())
                .run();
        try (HttpProcess server = HttpProcess.start(database);
                HttpSession reading =
                        HttpSession.open(server.mcp(), reader.stdout().strip());
                HttpSession writing =
                        HttpSession.open(server.mcp(), writer.stdout().strip())) {
            JsonNode refused = reading.tool("store_many", many("r", 0));
            assertThat(refused.at("/result/isError").asBoolean() || refused.has("error"))
                    .as(refused.toString())
                    .isTrue();
            JsonNode stored = writing.tool("store_many", many("w", 0));
            assertThat(stored.at("/result/structuredContent/outcomes")).hasSize(MANY);
            assertThat(reading.tool("get_all", Map.of("user_id", "anna", "limit", 1))
                            .at("/result/structuredContent/total")
                            .asInt())
                    .isEqualTo(MANY);
        }
    }
}
