package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.meaning.TestAddOn;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/install} and {@code scripts/uninstall} in a home folder of their own. */
class InstallIT {

    private static final String ENTRIES =
            "{\n  \"mcpServers\": {\n    \"other\": {\"command\": \"x\"}\n  },\n  \"a\": 1\n}\n";

    @TempDir
    private Path folder;

    private Path home;
    private final Map<Path, String> configurations = new LinkedHashMap<>();

    @BeforeEach
    void configureClients() throws IOException {
        home = Files.createDirectories(folder.resolve("Anna's home ü"));
        configurations.put(home.resolve(".config/Claude/claude_desktop_config.json"), ENTRIES);
        configurations.put(home.resolve(".claude.json"), "{\"projects\": {}, \"mcpServers\": {}, \"n\": 1.0}");
        configurations.put(home.resolve(".cursor/mcp.json"), ENTRIES.replace("\n", "\r\n"));
        configurations.put(
                home.resolve(".config/Code/User/mcp.json"),
                "{\n\t// mine\n\t\"servers\": {\n\t\t\"a\": {}, // a\n\t}\n}");
        configurations.put(
                home.resolve(".codex/config.toml"), "model = \"x\" # y\n\n[mcp_servers.a]\ncommand = \"x\"\n");
        configurations.put(home.resolve(".gemini/settings.json"), "{}");
        for (Map.Entry<Path, String> configuration : configurations.entrySet()) {
            Files.createDirectories(configuration.getKey().getParent());
            Files.writeString(configuration.getKey(), configuration.getValue());
        }
    }

    private Launch script(Path script, String... arguments) {
        return Launch.of(script, arguments)
                .env("HOME", home.toString())
                .env("UNIFIED_MEMORY_TRAIN", "off")
                .env("XDG_CONFIG_HOME", "")
                .env("XDG_DATA_HOME", "")
                .env("XDG_CACHE_HOME", "")
                .env("CODEX_HOME", "")
                .env("CLAUDE_CONFIG_DIR", "");
    }

    private Launch install(String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("--from", Distribution.archive(".tar.gz").toString()));
        all.addAll(List.of(arguments));
        return script(Distribution.script("install"), all.toArray(String[]::new));
    }

    private Path program() {
        return home.resolve(".local/lib/unified-memory");
    }

    private Path link() {
        return home.resolve(".local/bin/unified-memory");
    }

    private void assertConfigurationsAreAsTheyWere() {
        assertThat(configurations)
                .allSatisfy((file, text) -> assertThat(file).content().isEqualTo(text));
    }

    @Test
    void whatIsInstalledRunsAndGoesAgainAndMemoriesStay() throws IOException {
        Distribution.run(install(
                "--client",
                "claude-desktop",
                "--client",
                "claude-code",
                "--client",
                "cursor",
                "--client",
                "vscode",
                "--client",
                "codex",
                "--client",
                "gemini",
                "--default-user",
                "anna"));
        assertThat(configurations)
                .allSatisfy((file, text) -> assertThat(file)
                        .content()
                        .contains(program().resolve("bin/unified-memory").toString(), "UNIFIED_MEMORY_DEFAULT_USER"));
        Map<String, Object> entries = Json.parseObject(Files.readString(home.resolve(".cursor/mcp.json")));
        assertThat(entries).extractingByKey("mcpServers").extracting("other").isEqualTo(Map.of("command", "x"));
        assertThat(Distribution.names(home.resolve(".cache/unified-memory"))).anyMatch(name -> name.endsWith(".note"));
        try (McpProcess server = script(link()).start()) {
            server.initialize();
            server.ask("store", Map.of("user_id", "anna", "key", "tea", "value", "green"));
        }
        Path database = home.resolve(".local/share/unified-memory/memory.db");
        assertThat(database).exists();

        Map<Path, String> written = new LinkedHashMap<>();
        for (Path file : configurations.keySet()) {
            written.put(file, Files.readString(file));
        }
        Distribution.run(install("--client", "cursor", "--client", "codex"));
        assertThat(written)
                .allSatisfy((file, text) -> assertThat(file).content().isEqualTo(text));

        Path model = home.resolve(".local/share/unified-memory/model");
        Distribution.run(script(
                link(), "model", "install", "--from", TestAddOn.artifacts().toString()));
        assertThat(model).isNotEmptyDirectory();

        Distribution.run(script(program().resolve("uninstall")));
        assertThat(model).doesNotExist();
        // An empty object of entries went with the entry: it says what its absence says.
        configurations.put(home.resolve(".claude.json"), "{\"projects\": {}, \"n\": 1.0}");
        assertConfigurationsAreAsTheyWere();
        assertThat(program()).doesNotExist();
        assertThat(link()).doesNotExist();
        assertThat(Distribution.names(home.resolve(".cache/unified-memory"))).isEmpty();
        assertThat(database).exists();
    }

    @Test
    void aMalformedConfigurationIsNamedWithItsLineAndNothingIsInstalled() throws IOException {
        Path cursor = home.resolve(".cursor/mcp.json");
        configurations.put(cursor, "{\n  \"mcpServers\": {\n    oops\n  }\n}\n");
        Files.writeString(cursor, "{\n  \"mcpServers\": {\n    oops\n  }\n}\n");
        Launch.Finished refused =
                install("--client", "codex", "--client", "cursor").run();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stderr()).contains(cursor.toString(), "line 3, column 5");
        assertThat(program()).doesNotExist();
        assertThat(link()).doesNotExist();
        assertConfigurationsAreAsTheyWere();
    }

    @Test
    void aDryRunShowsTheDifferenceAndChangesNothing() {
        String told = Distribution.run(install("--client", "codex", "--dry-run"));
        assertThat(told)
                .contains(
                        "+[mcp_servers.unified-memory]",
                        program().resolve("bin/unified-memory").toString(),
                        "would install unified-memory " + Distribution.version());
        assertThat(home.resolve(".local")).doesNotExist();
        assertConfigurationsAreAsTheyWere();
    }

    @Test
    void aFolderThatIsNotOursStays() throws IOException {
        Files.createDirectories(program());
        Files.writeString(program().resolve("mine"), "x");
        Launch.Finished refused = install().run();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stderr()).contains(program().toString());
        assertThat(Distribution.names(program())).containsExactly("mine");
        Launch.Finished notThere = script(Distribution.script("uninstall")).run();
        assertThat(notThere.exitCode()).isEqualTo(1);
        assertThat(program().resolve("mine")).exists();
    }
}
