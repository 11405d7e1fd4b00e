package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Real clients over Streamable HTTP ({@code http}) and over server-sent events ({@code sse}). */
class HttpClientsIT {

    private static final int TOOL_ERROR = 5;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"http", "sse"})
    void theOfficialTypeScriptClientUsesEveryTool(String type) {
        Home home = new Home(folder);
        Home.write(
                home.config(),
                Map.of(
                        "upstreams",
                        Map.of(
                                Home.UPSTREAM,
                                Map.of(
                                        "command",
                                        "node",
                                        "args",
                                        List.of(NodePackages.referenceServer().toString()),
                                        "env",
                                        Map.of("MEMORY_FILE_PATH", home.graph().toString()),
                                        "timeoutMs",
                                        30_000))));
        try (HttpProcess server =
                HttpProcess.start(home.database(), "--config", home.config().toString())) {
            Launch.Finished client = Launch.of(
                            Path.of("node"),
                            NodePackages.script("sdk-client.mjs").toString(),
                            Json.write(Map.of("type", type, "url", url(server, type))))
                    .run();
            assertThat(client.exitCode())
                    .as(client.stdout() + client.stderr() + server.stderr())
                    .isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "sse"})
    void theInspectorListsTheToolsAndCallsThem(String type) {
        try (HttpProcess server = HttpProcess.start(folder.resolve("memory.db"))) {
            Launch.Finished listed = inspect(server, type, "--method", "tools/list");
            assertThat(listed.exitCode()).as(listed.stderr()).isZero();
            assertThat(listed.stdout()).contains("store", "retrieve", "search");

            assertThat(call(server, type, "store", Map.of("user_id", "anna", "key", "tea", "value", "🍵"))
                            .exitCode())
                    .isZero();
            Launch.Finished read = call(server, type, "retrieve", Map.of("user_id", "anna", "key", "tea"));
            assertThat(read.exitCode()).as(read.stderr()).isZero();
            assertThat(Json.mapper()
                            .readTree(read.stdout())
                            .at("/result/structuredContent/entry/value")
                            .asString())
                    .isEqualTo("🍵");
            assertThat(call(server, type, "store", Map.of("user_id", "anna", "key", "tea"))
                            .exitCode())
                    .isEqualTo(TOOL_ERROR);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "sse"})
    void anotherInstanceUsesItAsItsUpstream(String type) {
        Home home = new Home(folder);
        try (HttpProcess team = HttpProcess.start(folder.resolve("team.db"))) {
            Home.write(
                    home.config(),
                    Map.of(
                            "upstreams",
                            Map.of(
                                    "team",
                                    Map.of("type", type, "url", url(team, type), "timeoutMs", 30_000, "priority", 0))));
            Launch laptop = Launch.jar(
                    "--db",
                    home.database().toString(),
                    "--config",
                    home.config().toString());
            try (McpProcess process = laptop.start()) {
                process.initialize();
                process.askUntil(
                        "health",
                        Map.of(),
                        health -> health.path("status").asString().equals("ok"));
                JsonNode stored = process.ask(
                        "store", Map.of("user_id", "anna", "key", "tea", "value", "green\r\n🍵", "metadata", Map.of()));
                assertThat(stored.path("durability").asString()).isEqualTo("replicated");
                JsonNode read = process.ask("retrieve", Map.of("user_id", "anna", "key", "tea"));
                assertThat(read.path("source").asString()).isEqualTo("team");
                assertThat(read.at("/entry/value").asString()).isEqualTo("green\r\n🍵");
                assertThat(process.ask("delete", Map.of("user_id", "anna", "key", "tea"))
                                .path("durability")
                                .asString())
                        .isEqualTo("replicated");
            }
        }
    }

    private static String url(HttpProcess server, String type) {
        return type.equals("sse") ? server.sse() : server.mcp();
    }

    private static Launch.Finished call(HttpProcess server, String type, String tool, Map<String, ?> arguments) {
        return inspect(
                server, type, "--method", "tools/call", "--tool-name", tool, "--tool-args-json", Json.write(arguments));
    }

    private static Launch.Finished inspect(HttpProcess server, String type, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                NodePackages.command("mcp-inspector").toString(),
                "--cli",
                "--server-url",
                url(server, type),
                "--transport",
                type));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--format", "json"));
        Path node = NodePackages.node22();
        return Launch.of(node, arguments.toArray(String[]::new))
                .env("PATH", node.getParent() + ":" + System.getenv("PATH"))
                .run();
    }
}
