package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real clients that can speak both eras of the protocol, in each of their ways to choose one. */
class ErasClientIT {

    private static final String SESSIONS = "2025-11-25";
    private static final String STATELESS = "2026-07-28";

    @TempDir
    private Path folder;

    @Test
    void theOfficialTypeScriptClientSpeaksEitherEraOverStdio() {
        List<String> command = new Home(folder).local().command();
        assertWorksInEveryMode(Map.of("command", command.get(0), "args", command.subList(1, command.size())));
    }

    @Test
    void theOfficialTypeScriptClientSpeaksEitherEraOverHttp() {
        try (HttpProcess server = HttpProcess.start(folder.resolve("memory.db"))) {
            assertWorksInEveryMode(Map.of("url", server.mcp()));
        }
    }

    private static void assertWorksInEveryMode(Map<String, ?> target) {
        Map<Object, String> modes = new LinkedHashMap<>();
        modes.put("legacy", SESSIONS);
        modes.put("auto", STATELESS);
        modes.put(Map.of("pin", STATELESS), STATELESS);
        modes.forEach((mode, era) -> {
            Map<String, Object> settings = new LinkedHashMap<>(target);
            settings.put("mode", mode);
            settings.put("era", era);
            Launch.Finished client = Launch.of(
                            NodePackages.node22(),
                            NodePackages.script("eras-client.mjs").toString(),
                            Json.write(settings))
                    .run();
            assertThat(client.exitCode())
                    .as(mode + ": " + client.stdout() + client.stderr())
                    .isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy", "auto", "modern"})
    void theInspectorSpeaksEitherEra(String era) {
        Map<String, Object> memory = Map.of("user_id", "anna", "key", era, "value", "🍵");
        List<String> overStdio = new Home(folder).local().command();
        assertStores(era, overStdio, memory);
        try (HttpProcess server = HttpProcess.start(folder.resolve("memory.db"))) {
            assertStores(era, List.of("--server-url", server.mcp(), "--transport", "http"), memory);
        }
    }

    private static void assertStores(String era, List<String> server, Map<String, ?> memory) {
        Path node = NodePackages.node22();
        List<String> arguments =
                new ArrayList<>(List.of(NodePackages.command("mcp-inspector").toString(), "--cli"));
        arguments.addAll(server);
        Stream.of(
                        "--protocol-era",
                        era,
                        "--method",
                        "tools/call",
                        "--tool-name",
                        "store",
                        "--tool-args-json",
                        Json.write(memory),
                        "--format",
                        "json")
                .forEach(arguments::add);
        Launch.Finished stored = Launch.of(node, arguments.toArray(String[]::new))
                .env("PATH", node.getParent() + ":" + System.getenv("PATH"))
                .run();
        assertThat(stored.exitCode())
                .as(era + ": " + stored.stdout() + stored.stderr())
                .isZero();
        assertThat(Json.mapper()
                        .readTree(stored.stdout())
                        .at("/result/structuredContent/stored")
                        .asBoolean())
                .as(stored.stdout())
                .isTrue();
    }
}
