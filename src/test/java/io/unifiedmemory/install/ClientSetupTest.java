package io.unifiedmemory.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a client's configuration. */
class ClientSetupTest {

    private static final String LAUNCHER = "/home/anna/lib/unified-memory/bin/unified-memory";

    @TempDir
    private Path home;

    private Machine machine() {
        return new Machine("Linux", home, Map.of());
    }

    private ClientSetup setup() {
        return setup(Map.of());
    }

    private ClientSetup setup(Map<String, String> env) {
        return new ClientSetup(machine(), new ServerEntry(LAUNCHER, List.of(), env));
    }

    private Path file(Client client, String text) throws IOException {
        Path file = client.file(machine());
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private String added(Client client, String text) throws IOException {
        Path file = file(client, text);
        setup().add(client).apply();
        return Files.readString(file);
    }

    private static Map<String, Object> said(Client client, String text) {
        return client.servers().parse(text);
    }

    @ParameterizedTest
    @EnumSource
    void aMissingFileIsMadeAndGoesAgain(Client client) {
        Path file = client.file(machine());
        assertThat(setup().add(client).apply()).isNull();
        assertThat(file).content().isEqualTo(setup().snippet(client)).contains(LAUNCHER);
        assertThat(setup().add(client).isNone()).isTrue();
        setup().remove(client).apply();
        assertThat(file).doesNotExist();
        assertThat(setup().remove(client).isNone()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"CLAUDE_DESKTOP,''", "CLAUDE_DESKTOP,'{}'", "GEMINI,'\n'", "CODEX,''"})
    void aFileThatSaysNothingIsFilledAndStaysAFile(Client client, String text) throws IOException {
        Path file = file(client, text);
        Path backup = setup().add(client).apply();
        assertThat(said(client, Files.readString(file))).isEqualTo(said(client, setup().snippet(client)));
        assertThat(backup).content().isEqualTo(text);
        setup().remove(client).apply();
        assertThat(said(client, Files.readString(file))).isEmpty();
    }

    /** Each text stands for a way in which people and programs lay out their files. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{}\n",
                "{\"theme\": \"dark\"}",
                "{\"theme\":\"dark\",\"mcpServers\":{\"a\":{\"command\":\"x\"}}}",
                "{\n  \"theme\": \"dark\"\n}\n",
                "{\n\t\"mcpServers\": {\n\t\t\"a\": {\n\t\t\t\"command\": \"x\"\n\t\t}\n\t},\n\t\"theme\": \"dark\"\n}\n",
                "{\r\n    \"mcpServers\": {\r\n        \"a\": {\"command\": \"ü\\u00e9😀\"}\r\n    }\r\n}\r\n",
                "\uFEFF{\n  \"a\": 1.10,\n  \"b\": 1e400\n}",
                "{\n  \"text\": \"} , // no comment {\",\n  \"mcpServers\": {\n    \"b\": [1, {\"mcpServers\": {}}]\n  }\n}"
            })
    void whatIsAddedToJsonAndRemovedAgainLeavesEveryByteAsItWas(String text) throws IOException {
        Path file = file(Client.CURSOR, text);
        setup().add(Client.CURSOR).apply();
        assertThat(file).content().contains(LAUNCHER);
        assertThat(setup().add(Client.CURSOR).isNone()).isTrue();
        setup().remove(Client.CURSOR).apply();
        assertThat(file).content().isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\n  // mine\n  \"theme\": \"dark\" // really\n}\n",
                "{\n  \"mcpServers\": { // all of them\n    \"a\": {}, // one, two\n    /* last, */\n    \"b\": {} // b\n  } // end\n}\n",
                "{\n  \"mcpServers\": {\n    \"a\": {}, // a\n  },\n}\n",
                "{ // nothing, yet\n  // here\n}\n"
            })
    void commentsStayWhereTheyAre(String text) throws IOException {
        Path file = file(Client.CURSOR, text);
        setup().add(Client.CURSOR).apply();
        setup().remove(Client.CURSOR).apply();
        assertThat(file).content().isEqualTo(text);
    }

    @Test
    void aTrailingCommaIsUnderstood() throws IOException {
        String text = added(Client.VSCODE, "{\n  \"servers\": {\n    \"a\": {},\n  },\n}\n");
        assertThat(text).isEqualTo("""
                {
                  "servers": {
                    "a": {},
                    "unified-memory": {
                      "type": "stdio",
                      "command": "%s",
                      "args": []
                    },
                  },
                }
                """.formatted(LAUNCHER));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "model = \"x\"\n",
                "# mine\nmodel = \"x\"\n\n[mcp_servers.a]\ncommand = \"x\" # y\nargs = [\n  \"1\",\n  \"2\",\n]\n",
                "model = \"x\"\r\n\r\n[mcp_servers.\"b.c\"]\r\ncommand = 'x'\r\n",
                "text = '''\n[mcp_servers.a]\n'''\n",
                "[mcp_servers]\nother.command = \"x\"\n"
            })
    void whatIsAddedToTomlAndRemovedAgainLeavesEveryByteAsItWas(String text) throws IOException {
        Path file = file(Client.CODEX, text);
        setup(Map.of("UNIFIED_MEMORY_DEFAULT_USER", "anna")).add(Client.CODEX).apply();
        assertThat(file).content().startsWith(text).contains(LAUNCHER, "anna");
        setup().remove(Client.CODEX).apply();
        assertThat(file).content().isEqualTo(text);
    }

    @Test
    void anEntryInTheMiddleOfTomlIsTakenOutWithItsSubtables() throws IOException {
        Path file = file(Client.CODEX, """
                [mcp_servers.a]
                command = "x"

                [ mcp_servers . "unified-memory" ] # ours
                command = "%s"

                # of a
                [mcp_servers.a.env]
                K = "V"

                [mcp_servers.unified-memory.env]
                UNIFIED_MEMORY_DEFAULT_USER = "anna"

                # of z
                [z]
                """.formatted(LAUNCHER));
        setup().remove(Client.CODEX).apply();
        assertThat(file).content().isEqualTo("""
                [mcp_servers.a]
                command = "x"

                # of a
                [mcp_servers.a.env]
                K = "V"


                # of z
                [z]
                """);
    }

    @ParameterizedTest
    @EnumSource(names = {"CLAUDE_CODE", "CODEX"})
    void anOlderEntryIsBroughtUpToDateAndKeepsWhatItsUserAdded(Client client) throws IOException {
        ClientSetup older = new ClientSetup(
                machine(), new ServerEntry("java", List.of("-jar", "old.jar"), Map.of("UNIFIED_MEMORY_DB", "/m.db")));
        older.add(client).apply();
        setup(Map.of("UNIFIED_MEMORY_DEFAULT_USER", "anna")).add(client).apply();
        Map<String, Object> said = said(client, Files.readString(client.file(machine())));
        assertThat(said)
                .extractingByKey(client.servers().container(), InstanceOfAssertFactories.MAP)
                .extractingByKey("unified-memory")
                .extracting("command", "args", "env")
                .containsExactly(
                        LAUNCHER,
                        List.of(),
                        Map.of("UNIFIED_MEMORY_DB", "/m.db", "UNIFIED_MEMORY_DEFAULT_USER", "anna"));
    }

    @ParameterizedTest
    @EnumSource
    void anEntryForAServerElsewhereIsReplacedInEveryFieldOfItsTransport(Client client) throws IOException {
        Map<String, Object> remote = new LinkedHashMap<>();
        remote.put("type", "http");
        remote.put("url", "https://example.org/mcp");
        remote.put("httpUrl", "https://example.org/mcp");
        remote.put("headers", Map.of("Authorization", "Bearer x"));
        remote.put("http_headers", Map.of("A", "b"));
        remote.put("env_http_headers", Map.of("A", "B"));
        remote.put("bearer_token_env_var", "TOKEN");
        remote.put("disabled", false);
        remote.put("timeout", 5);
        remote.put("env", Map.of("KEPT", "yes"));
        String text = client.servers().put("", ServerEntry.NAME, remote);

        Map<String, Object> said = said(client, added(client, text));

        Map<String, Object> wanted = new LinkedHashMap<>(Map.of(
                "command", LAUNCHER, "args", List.of(), "disabled", false, "timeout", 5, "env", Map.of("KEPT", "yes")));
        if (client.typed()) {
            wanted.put("type", "stdio");
        }
        assertThat(said).isEqualTo(Map.of(client.servers().container(), Map.of(ServerEntry.NAME, wanted)));
        assertThat(setup().add(client).isNone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mcp_servers.unified-memory.command = 'x'\n",
                "[mcp_servers]\nunified-memory.command = 'x'\n",
                "[mcp_servers]\nunified-memory = { command = 'x' }\n",
                "mcp_servers = { a = { command = 'x' } }\n",
                "[mcp_servers.\"unified\\u002dmemory\"]\ncommand = 'x'\n",
            })
    void validTomlInAFormThatIsNotEditedIsNotCalledInvalid(String text) throws IOException {
        Path file = file(Client.CODEX, text);
        assertThatExceptionOfType(InstallException.class)
                .isThrownBy(() -> setup().add(Client.CODEX))
                .withMessageContaining("is valid, but")
                .withMessageContaining("client show codex")
                .withMessageNotContaining("\n");
        assertThat(file).content().isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = \"\"\"\n[mcp_servers.unified-memory]\ncommand = 'no'\n\"\"\"\n",
                "a = '''\n[x]\n[mcp_servers.unified-memory]'''\n[b]\nc = 1\n",
                "a = [\n  [1], # ]\n  [\n2]\n]\n[mcp_servers.other]\ncommand = 'y'\n",
                "[mcp_servers.\"unified-memory\"] # ours\r\ncommand = 'x'\r\nn = \"\"\"\r\n[no.table]\r\n\"\"\"\r\n[b]\r\nc = 1\r\n",
                "[mcp_servers.unified-memory]\ncommand = 'x'\nm = [\n[1],\n[2]\n]\nq = \"a\\\"[\"\n[b]\nc = '#['\n",
                "a = \"\"\"x\"\"\"\"\"\n[[b]]\nc = 1\n[[b]]\nc = 2\n",
            })
    void bracketsInValuesOpenNoTables(String text) throws IOException {
        Map<String, Object> before = said(Client.CODEX, text);
        before.remove("mcp_servers");

        Map<String, Object> after = said(Client.CODEX, added(Client.CODEX, text));

        assertThat(after).containsAllEntriesOf(before);
        assertThat(after)
                .extractingByKey("mcp_servers", InstanceOfAssertFactories.MAP)
                .extractingByKey("unified-memory", InstanceOfAssertFactories.MAP)
                .containsEntry("command", LAUNCHER);
        setup().remove(Client.CODEX).apply();
        assertThat(said(Client.CODEX, Files.readString(Client.CODEX.file(machine()))))
                .containsAllEntriesOf(before)
                .doesNotContainKey("mcp_servers.unified-memory");
    }

    @Test
    void theBackupKeepsWhatWasThereBeforeTheFirstChange() throws IOException {
        Path file = file(Client.CURSOR, "{\"a\": 1}");
        Path backup = file.resolveSibling("mcp.json.before-unified-memory");

        assertThat(setup().add(Client.CURSOR).apply()).isEqualTo(backup);
        Change again = setup(Map.of("UNIFIED_MEMORY_DB", "/m.db")).add(Client.CURSOR);
        assertThat(again.remark()).isEqualTo("brought up to date");
        assertThat(again.apply()).isNull();
        setup().remove(Client.CURSOR).apply();

        assertThat(backup).content().isEqualTo("{\"a\": 1}");
    }

    @ParameterizedTest
    @EnumSource
    void anEntryOfTheSameNameThatStartsSomethingElseStays(Client client) {
        new ClientSetup(machine(), new ServerEntry("/else", List.of(), Map.of()))
                .add(client)
                .apply();
        Change change = setup().remove(client);
        assertThat(change.isNone()).isTrue();
        assertThat(change.remark()).contains("stays");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CLAUDE_DESKTOP|`{\n  \"a\": 1,\n  \"b\" 2\n}`| line 3, column 7",
                "CLAUDE_DESKTOP|`{\n // no comments here\n}`| line 2, column 2",
                "CLAUDE_CODE|`{\"a\": 1, \"a\": 2}`| line 1, column 13",
                "CLAUDE_CODE|`{} {}`| line 1",
                "CURSOR|`{\"unified-memory\": `| line 1, column 20",
                "VSCODE|`[]`| line 1",
                "GEMINI|`{\"mcpServers\": []}`| mcpServers",
                "CODEX|`a = 1\nb = = 2\n`| line 2, column 5",
                "CODEX|`[mcp_servers.unified-memory]\n[mcp_servers.unified-memory]\n`| line 2",
                "CODEX|`mcp_servers = 1\n`| mcp_servers",
                "CODEX|`mcp_servers = { a = { command = 'x' } }\n`| ``"
            })
    void aMalformedFileIsRefusedWithItsPlaceAndStaysAsItIs(Client client, String text, String place)
            throws IOException {
        Path file = file(client, text);
        assertThatExceptionOfType(InstallException.class)
                .isThrownBy(() -> setup().add(client))
                .withMessageContaining(file.toString())
                .withMessageContaining(place)
                .withMessageContaining("left as it is")
                .withMessageNotContaining("\n");
        assertThat(file).content().isEqualTo(text);
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws IOException {
        Path file = file(Client.CURSOR, "");
        Files.write(file, new byte[] {'{', '"', (byte) 0xE4, '"', ':', '1', '}'});
        assertThatExceptionOfType(InstallException.class)
                .isThrownBy(() -> setup().add(Client.CURSOR))
                .withMessageContaining("UTF-8");
    }

    @Test
    void aLinkStaysALinkAndPermissionsStay() throws IOException {
        Path real = Files.writeString(home.resolve("dotfiles.json"), "{}");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Client.CURSOR.file(machine());
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, real);
        setup().add(Client.CURSOR).apply();
        assertThat(link).isSymbolicLink();
        assertThat(real).content().contains(LAUNCHER);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
                .isEqualTo("rw-r-----");
        try (var files = Files.list(home)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void theDifferenceShowsTheLinesThatComeAndThoseAround() throws IOException {
        Path file = file(Client.CODEX, "a = 1\nb = 2\nc = 3\nd = 4\n");
        assertThat(setup().add(Client.CODEX).diff()).isEqualTo("""
                --- %1$s
                +++ %1$s
                @@ -2,3 +2,7 @@
                 b = 2
                 c = 3
                 d = 4
                +
                +[mcp_servers.unified-memory]
                +command = '%2$s'
                +args = []
                """.formatted(file, LAUNCHER));
        assertThat(file).content().isEqualTo("a = 1\nb = 2\nc = 3\nd = 4\n");
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, claude-desktop, .config/Claude/claude_desktop_config.json",
        "Mac OS X, claude-desktop, Library/Application Support/Claude/claude_desktop_config.json",
        "Windows 11, claude-desktop, AppData/Roaming/Claude/claude_desktop_config.json",
        "Linux, claude-code, .claude.json",
        "Linux, cursor, .cursor/mcp.json",
        "Linux, vscode, .config/Code/User/mcp.json",
        "Mac OS X, vscode, Library/Application Support/Code/User/mcp.json",
        "Windows 11, vscode, AppData/Roaming/Code/User/mcp.json",
        "Windows 11, codex, .codex/config.toml",
        "Linux, gemini, .gemini/settings.json"
    })
    void eachClientKeepsItsConfigurationInItsOwnPlace(String os, String client, String file) {
        assertThat(Client.labelled(client).orElseThrow().file(new Machine(os, home, Map.of())))
                .isEqualTo(home.resolve(file));
    }

    @ParameterizedTest
    @CsvSource({
        "XDG_CONFIG_HOME, VSCODE, /etc/x/Code/User/mcp.json",
        "CODEX_HOME, CODEX, /etc/x/config.toml",
        "CLAUDE_CONFIG_DIR, CLAUDE_CODE, /etc/x/.claude.json"
    })
    void aVariableOfTheClientMovesIt(String variable, Client client, Path file) {
        assertThat(client.file(new Machine("Linux", home, Map.of(variable, "/etc/x"))))
                .isEqualTo(file);
        assertThat(client.file(new Machine("Linux", home, Map.of(variable, "relative"))))
                .isEqualTo(client.file(machine()));
    }
}
