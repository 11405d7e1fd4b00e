package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The bundles, packed and unpacked by the bundler's own tools and started as a client does. */
class BundleIT {

    @TempDir
    private Path folder;

    private static Path bundle(boolean withRuntime) {
        String small = "unified-memory-" + Distribution.version() + ".mcpb";
        return Distribution.bundles()
                .resolve(Distribution.names(Distribution.bundles()).stream()
                        .filter(name -> name.endsWith(".mcpb") && name.equals(small) != withRuntime)
                        .findFirst()
                        .orElseThrow());
    }

    private static Path contents(Path bundle) {
        return bundle.resolveSibling(bundle.getFileName().toString().replaceFirst("\\.mcpb$", ""));
    }

    private Path unpacked(Path bundle) {
        Path target = folder.resolve("Mit Leerzeichen und Ümläuten ✓");
        Distribution.run(Launch.of(NodePackages.command("mcpb"), "unpack", bundle.toString(), target.toString()));
        return target;
    }

    /** As the client resolves it when its user left every option empty. */
    private static JsonNode entry(Path unpacked) {
        return Json.mapper()
                .readTree(Distribution.run(Launch.of(
                        Path.of("node"),
                        NodePackages.script("resolve-manifest.mjs").toString(),
                        unpacked.toString())));
    }

    /** The server of a resolved entry in an environment that has that and a home folder, and no PATH. */
    private Launch launch(JsonNode entry, String... environment) {
        List<String> arguments =
                new ArrayList<>(List.of("-i", "PATH=", "HOME=" + folder.resolve("home"), "UNIFIED_MEMORY_TRAIN=off"));
        arguments.addAll(List.of(environment));
        entry.path("env").forEachEntry((name, value) -> arguments.add(name + "=" + value.asString()));
        arguments.add(entry.path("command").asString());
        entry.path("args").forEach(argument -> arguments.add(argument.asString()));
        return Launch.of(Path.of("/usr/bin/env"), arguments.toArray(String[]::new));
    }

    private static void assertServes(McpProcess server, Path unpacked) throws IOException {
        assertThat(server.initialize().at("/serverInfo/version").asString()).isEqualTo(Distribution.version());
        JsonNode manifest = Json.mapper().readTree(Files.readString(unpacked.resolve("manifest.json")));
        assertThat(server.request("tools/list", Map.of()).at("/result/tools"))
                .zipSatisfy(manifest.path("tools"), (live, told) -> {
                    assertThat(live.path("name")).isEqualTo(told.path("name"));
                    assertThat(live.path("description")).isEqualTo(told.path("description"));
                });
        server.ask("store", Map.of("user_id", "anna", "key", "tea", "value", "grün"));
        assertThat(server.ask("retrieve", Map.of("user_id", "anna", "key", "tea"))
                        .at("/entry/value")
                        .asString())
                .isEqualTo("grün");
    }

    @Test
    void theSmallOneRunsWithTheJavaOfTheMachine() throws IOException {
        Path unpacked = unpacked(bundle(false));
        JsonNode entry = entry(unpacked);
        assertThat(entry.path("env").toString()).contains("${user_config.database}");
        try (McpProcess server =
                launch(entry, "JAVA_HOME=" + System.getProperty("java.home")).start()) {
            assertServes(server, unpacked);
        }
    }

    @Test
    void theOneWithARuntimeNeedsNeitherAPathNorJava() throws IOException {
        Path unpacked = unpacked(bundle(true));
        try (McpProcess server = launch(entry(unpacked)).start()) {
            assertServes(server, unpacked);
            assertThat(server.handle().info().command())
                    .hasValueSatisfying(command -> assertThat(command).startsWith(unpacked.toString()));
        }
    }

    @Test
    void aRuntimeBringsItsLicencesAndNoModulesThatNothingUses() {
        Path server = contents(bundle(true)).resolve("server");
        assertThat(server.resolve("runtime/legal/java.base/LICENSE")).exists();
        String modules = Distribution.run(Launch.of(server.resolve("runtime/bin/java"), "--list-modules"));
        assertThat(modules)
                .contains("java.base", "java.sql", "java.net.http")
                .doesNotContain("java.desktop", "jdk.compiler");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theBundlersToolsAcceptIt(boolean withRuntime) {
        Path contents = contents(bundle(withRuntime));
        Path packed = folder.resolve("packed.mcpb");
        Distribution.run(Launch.of(
                NodePackages.command("mcpb"),
                "validate",
                contents.resolve("manifest.json").toString()));
        Distribution.run(Launch.of(NodePackages.command("mcpb"), "pack", contents.toString(), packed.toString()));
        assertThat(packed).exists();
    }

    @Test
    void theSameInputsGiveTheSameBytes() throws IOException {
        Path again = Distribution.build("again", "mcpb", "build-mcpb", "--small")
                .resolve(bundle(false).getFileName());
        assertThat(Files.mismatch(again, bundle(false))).isEqualTo(-1);
    }

    @Test
    void theRegistryEntryNamesBothBundlesWithTheirSums() throws IOException {
        JsonNode server =
                Json.mapper().readTree(Files.readString(Distribution.bundles().resolve("server.json")));
        assertThat(server.path("$schema").asString()).contains("2025-12-11");
        assertThat(server.path("version").asString()).isEqualTo(Distribution.version());
        assertThat(server.path("description").asString()).hasSizeBetween(1, 100);
        Set<String> said = Stream.of(
                        server.path("packages").get(0), server.path("packages").get(1))
                .map(bundle -> bundle.path("fileSha256").asString() + "  "
                        + bundle.path("identifier").asString().replaceFirst("https://example.org/v1/", ""))
                .collect(Collectors.toSet());
        assertThat(Files.readAllLines(Distribution.bundles().resolve("SHA256SUMS")))
                .containsExactlyInAnyOrderElementsOf(said);
    }
}
