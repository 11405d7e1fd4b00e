package io.unifiedmemory.e2e;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.upstream.NodeServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Three real servers as upstreams of one: two by contracts that are data, recognised by their tools. */
class DeclaredUpstreamsIT {

    private static final Map<String, Object> NOTHING = Map.of();

    @TempDir
    private Path folder;

    private final Map<String, Object> upstreams = new LinkedHashMap<>();

    private Path down() {
        return folder.resolve("bank is down");
    }

    @BeforeEach
    void describeServers() throws IOException {
        String bank = NodeServers.file("node_modules/@allpepper/memory-bank-mcp/dist/main/index.js");
        Path files = Files.createDirectory(folder.resolve("bank"));
        upstreams.put(
                "bank",
                Map.of(
                        "command",
                        "sh",
                        "args",
                        List.of("-c", "test ! -e \"$0\" && exec node \"$1\"", down().toString(), bank),
                        "env",
                        Map.of("MEMORY_BANK_ROOT", files.toString())));
        upstreams.put(
                "libsql",
                Map.of(
                        "command",
                        "node",
                        "args",
                        List.of(NodeServers.file("node_modules/mcp-memory-libsql/dist/index.js")),
                        "env",
                        Map.of("LIBSQL_URL", "file:" + folder.resolve("libsql.db"))));
        upstreams.put(
                "graph",
                Map.of(
                        "command",
                        "node",
                        "args",
                        List.of(NodePackages.referenceServer().toString()),
                        "env",
                        Map.of("MEMORY_FILE_PATH", folder.resolve("graph.jsonl").toString())));
    }

    private Launch launch(String... words) {
        Home.write(folder.resolve("config.json"), Map.of("upstreams", upstreams));
        return Launch.jar(Stream.concat(
                        Stream.of(words),
                        Stream.of(
                                "--db",
                                folder.resolve("memory.db").toString(),
                                "--config",
                                folder.resolve("config.json").toString()))
                .toArray(String[]::new));
    }

    @Test
    void aStoreReachesAllOfThemAndOneThatWasGoneCatchesUp() throws IOException {
        try (McpProcess server = launch().start()) {
            server.initialize();
            JsonNode health = server.askUntil(
                    "health",
                    NOTHING,
                    all -> Stream.of("bank", "libsql", "graph")
                            .allMatch(
                                    name -> all.at("/backends/" + name + "/up").asBoolean()));
            assertThat(health.at("/backends/bank/type").asString()).isEqualTo("memory-bank");
            assertThat(health.at("/backends/bank/role").asString()).isEqualTo("mirror");
            assertThat(health.at("/backends/libsql/type").asString()).isEqualTo("mcp-memory-libsql");
            assertThat(store(server, "before").path("durability").asString()).isEqualTo("replicated");

            Files.createFile(down());
            ProcessHandle bank = server.handle()
                    .descendants()
                    .filter(process -> process.info().commandLine().orElse("").contains("memory-bank-mcp"))
                    .findFirst()
                    .orElseThrow();
            bank.destroyForcibly();
            bank.onExit().orTimeout(30, SECONDS).join();
            JsonNode during = store(server, "during");
            assertThat(during.path("durability").asString()).isEqualTo("queued");
            assertThat(during.at("/backends/bank").asString()).isEqualTo("queued");
            assertThat(during.at("/backends/libsql").asString()).isEqualTo("stored");

            Files.delete(down());
            server.askUntil(
                    "health",
                    NOTHING,
                    all -> all.at("/backends/bank/up").asBoolean()
                            && all.at("/backends/bank/pending").asInt() == 0);
        }
        assertThat(texts())
                .anyMatch(text -> text.startsWith("tea before"))
                .anyMatch(text -> text.startsWith("tea during"));
    }

    private static JsonNode store(McpProcess server, String when) {
        return server.ask("store", Map.of("user_id", "me", "key", when, "value", "tea " + when));
    }

    private List<String> texts() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("bank/unified-memory"))) {
            return files.map(file -> {
                        try {
                            return Files.readString(file);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    @Test
    void contractTryShowsThatAContractWorksAndThatAnotherDoesNot() {
        Launch.Finished right = launch("contract", "try", "bank").run();

        assertThat(right.exitCode()).as(right.stdout() + right.stderr()).isZero();
        assertThat(right.stdout())
                .contains("contract memory-bank, a mirror", "memory_bank_write {", "the contract works")
                .doesNotContain("FAILED");

        upstreams.put("libsql", withContract(Objects.requireNonNull(upstreams.get("libsql")), "memory-bank"));
        Launch.Finished wrong = launch("contract", "try", "libsql").run();
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.stdout()).contains("FAILED");
    }

    private static Map<String, Object> withContract(Object entry, String contract) {
        Map<String, Object> changed = new LinkedHashMap<>();
        ((Map<?, ?>) entry).forEach((name, value) -> changed.put(String.valueOf(name), value));
        changed.put("contract", contract);
        return changed;
    }

    @Test
    void contractListAndShowTellWhatThereIs() {
        assertThat(launch("contract", "list").run().stdout())
                .contains("knowledge-graph", "memory-bank", "mirror", "qdrant", "source");
        assertThat(launch("contract", "show", "redis").run().stdout())
                .contains("\"find\"", "// The other Redis servers");
        Launch.Finished unknown = launch("contract", "show", "nothing").run();
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.stderr()).contains("there is no contract nothing");
        assertThat(launch("contract", "try").run().exitCode()).isEqualTo(2);
    }

    @Test
    void whoDeclaresNothingLoadsNothingOfIt() throws IOException {
        upstreams.remove("bank");
        upstreams.remove("libsql");
        Home.write(folder.resolve("config.json"), Map.of("upstreams", upstreams));
        Path classes = folder.resolve("classes.txt");
        Launch stdio = Launch.of(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                "-Xlog:class+load:file=" + classes,
                "-jar",
                BuiltJar.path(),
                "--db",
                folder.resolve("memory.db").toString(),
                "--config",
                folder.resolve("config.json").toString());
        try (McpProcess server = stdio.start()) {
            server.initialize();
            server.askUntil(
                    "health", NOTHING, all -> all.at("/backends/graph/up").asBoolean());
            assertThat(store(server, "now").path("durability").asString()).isEqualTo("replicated");
        }
        assertThat(Files.readAllLines(classes))
                .anyMatch(line -> line.contains("io.unifiedmemory.upstream.graph."))
                .noneMatch(
                        line -> line.contains("com.dashjoin") || line.contains("io.unifiedmemory.upstream.declared."));
    }
}
