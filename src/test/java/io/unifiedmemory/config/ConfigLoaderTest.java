package io.unifiedmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.store.sqlite.db.SqliteOptions.Synchronous;
import io.unifiedmemory.unified.MemoryOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void everyOptionHasADefault() {
        Config config = load();
        assertThat(file(config).file()).isEqualTo(Path.of("/home/me/.local/share/unified-memory/memory.db"));
        assertThat(config.databasePolicy()).isEqualTo(BackendOptions.LOCAL);
        assertThat(config.upstreams()).isEmpty();
        assertThat(config.tools().defaultUser()).isNull();
        assertThat(config.logLevel()).isEqualTo("warn");
    }

    @Test
    void aFlagWinsOverAVariableAndAVariableOverTheFile() throws IOException {
        configFile("{\"defaultUser\": \"file\", \"logLevel\": \"info\", \"sqlite\": {\"priority\": 7}}");
        environment.put("UNIFIED_MEMORY_DEFAULT_USER", "variable");
        environment.put("UNIFIED_MEMORY_LOG_LEVEL", "error");
        Config config = load("--default-user", "flag");
        assertThat(config.tools().defaultUser()).isEqualTo("flag");
        assertThat(config.logLevel()).isEqualTo("error");
        assertThat(config.databasePolicy().priority()).isEqualTo(7);
    }

    @Test
    void policiesComeFromFileVariableAndFlag() throws IOException {
        assertThat(load().memory()).isEqualTo(MemoryOptions.DEFAULT);
        configFile("{\"tombstoneRetentionDays\": 7}");
        environment.put("UNIFIED_MEMORY_READ", "freshest");
        assertThat(load("--wait", "local").memory())
                .isEqualTo(
                        new MemoryOptions(MemoryOptions.Read.FRESHEST, MemoryOptions.Wait.LOCAL, Duration.ofDays(7)));
    }

    @Test
    void homeAndVariablesAreExpanded() {
        environment.put("UNIFIED_MEMORY_DB", "${HOME}/a.db");
        assertThat(file(load()).file()).isEqualTo(Path.of("/home/me/a.db"));
        environment.put("UNIFIED_MEMORY_DB", "~/b.db");
        assertThat(file(load()).file()).isEqualTo(Path.of("/home/me/b.db"));
    }

    @Test
    void aBundleOptionThatWasLeftEmptyCountsAsUnset() {
        environment.put("UNIFIED_MEMORY_DB", "${user_config.database}");
        environment.put("UNIFIED_MEMORY_DEFAULT_USER", "");
        Config config = load();
        assertThat(file(config).file()).endsWithRaw(Path.of("unified-memory/memory.db"));
        assertThat(config.tools().defaultUser()).isNull();
    }

    @Test
    void anEmptyOptionOfTheFileCountsAsUnsetToo() throws IOException {
        configFile("{\"defaultUser\": \"\"}");
        assertThat(load().tools().defaultUser()).isNull();
        configFile("{\"defaultUser\": \"${user_config.default_user}\", \"database\": \"${user_config.database}\"}");
        assertThat(load().tools().defaultUser()).isNull();
        assertThat(file(load()).file()).endsWithRaw(Path.of("unified-memory/memory.db"));
    }

    @Test
    void aDefaultUserLongerThanNamesMayBeIsRefused() {
        assertThat(load("--default-user", "alice", "--max-name-chars", "5")
                        .tools()
                        .defaultUser())
                .isEqualTo("alice");
        assertThatThrownBy(() -> load("--default-user", "alice", "--max-name-chars", "3"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("defaultUser alice is longer than limits.maxNameChars allows: 3");
    }

    @Test
    void aKeyThatNoHeaderMayHaveIsRefusedAndNotShown() {
        for (String key : List.of("hidden\nkey", "hidd\u00e9n")) {
            environment.put("UNIFIED_MEMORY_SEARCH_EMBEDDINGS_KEY", key);
            assertThatThrownBy(() ->
                            load("--search-embeddings-url", "http://localhost/v1", "--search-embeddings-model", "m"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("search.embeddingsKey")
                    .hasMessageNotContaining("hidd")
                    .hasNoCause();
        }
    }

    @Test
    void theModelsFolderHasANameOfItsOwnAmongOtherThings() {
        assertThat(load().meaning().folder()).endsWithRaw(Path.of("unified-memory/model"));
        Path database = folder.resolve("a.db");
        assertThat(new ConfigLoader(Map.of(Setting.DATABASE, database.toString()), Map.of(), "Linux", "?")
                        .load()
                        .meaning()
                        .folder())
                .isEqualTo(folder.resolve("unified-memory-model"));
    }

    @Test
    void aTimeZoneIsReadAndAWrongOneRefused() {
        assertThat(load().tools().zone()).as("that of the system").isNull();
        assertThat(load("--search-time-zone", "Europe/Berlin").tools().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThatThrownBy(() -> load("--search-time-zone", "Berlin"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("search.timeZone must be the name of a time zone");
    }

    @Test
    void aDefaultUserThatNoCallCouldNameIsRefused() throws IOException {
        configFile("{\"defaultUser\": \"\\ud83c\"}");
        assertThatThrownBy(() -> load()).isInstanceOf(ConfigException.class).hasMessageContaining("defaultUser");
    }

    @Test
    void aFileMayBeginWithAByteOrderMark() throws IOException {
        configFile("\uFEFF{\"defaultUser\": \"me\"}");
        assertThat(load().tools().defaultUser()).isEqualTo("me");
    }

    @Test
    void aFileThatIsNoTextOrNoFileIsNamedInPlainWords() throws IOException {
        Path latin = configFile("{}");
        Files.writeString(latin, "{\"defaultUser\": \"J\u00fcrgen\"}", StandardCharsets.ISO_8859_1);
        assertThatThrownBy(this::load)
                .hasMessage("the configuration file " + latin
                        + " is not UTF-8 text: save it in that encoding (from UNIFIED_MEMORY_CONFIG)");
        assertThatThrownBy(() -> load("--config", folder.toString()))
                .hasMessage("the configuration file " + folder + " is a folder (from --config)");
    }

    @Test
    void readsAnUpstreamWithItsPolicy() throws IOException {
        environment.put("TOKEN", "s3cret");
        configFile("""
                {"defaultUser": "me", "upstreams": {
                  "graph": {"command": "npx", "args": ["-y", "~/server"], "env": {"F": "${TOKEN}"}, "priority": 3,
                            "timeoutMs": 700, "maxRetries": 0, "enabled": false, "contract": "knowledge-graph"},
                  "team": {"type": "http", "url": "https://example.org/mcp?x=1",
                           "headers": {"Authorization": "Bearer ${TOKEN}"}},
                  "old": {"type": "sse", "url": "http://localhost:1/sse"}}}
                """);
        List<Config.Upstream> upstreams = load().upstreams();
        assertThat(upstreams).hasSize(3);
        assertThat(upstreams.get(0).policy()).isEqualTo(new BackendOptions(false, 3, Duration.ofMillis(700), 0));
        assertThat(upstreams.get(0).options().address())
                .isEqualTo(new ServerAddress.Stdio("npx", List.of("-y", "/home/me/server"), Map.of("F", "s3cret")));
        assertThat(upstreams.get(0).options().defaultUser()).isEqualTo("me");
        assertThat(upstreams.get(1).policy()).isEqualTo(BackendOptions.UPSTREAM);
        assertThat(upstreams.get(1).options().address())
                .isInstanceOfSatisfying(
                        ServerAddress.Http.class,
                        http -> assertThat(http.headers()).containsEntry("Authorization", "Bearer s3cret"));
        assertThat(upstreams.get(2).options().address()).isInstanceOf(ServerAddress.Sse.class);
        assertThat(upstreams.toString()).doesNotContain("s3cret");
    }

    @Test
    void readsServerEntriesPastedFromAClient() throws IOException {
        configFile("""
                {"mcpServers": {"memory": {"command": "npx", "args": ["-y", "x"], "autoApprove": ["a"]},
                                "off": {"command": "y", "disabled": true},
                                "gemini": {"httpUrl": "http://localhost:2/mcp", "trust": true}}}
                """);
        List<Config.Upstream> upstreams = load().upstreams();
        assertThat(upstreams).hasSize(3);
        assertThat(upstreams.get(0).policy().enabled()).isTrue();
        assertThat(upstreams.get(1).policy().enabled()).isFalse();
        assertThat(upstreams.get(2).options().address()).isInstanceOf(ServerAddress.Http.class);
    }

    @Test
    void theFileOfVsCodeIsReadAsItIs() throws IOException {
        environment.put("TOKEN", "s3cret\r\n");
        configFile("""
                {
                  // servers of this user
                  "inputs": [{"type": "promptString", "id": "key", "password": true}],
                  "servers": {
                    "team": {"type": "http", "url": "http://localhost:1/mcp",
                             "headers": {"Authorization": "Bearer ${env:TOKEN}"}},
                    "graph": {"command": "${userHome}/bin${pathSeparator}x", "args": ["$HOME/a", "-c", "echo $i $j"],}, /* last */
                  },
                }
                """);
        List<Config.Upstream> upstreams = load().upstreams();
        assertThat(upstreams.get(0).options().address())
                .isInstanceOfSatisfying(
                        ServerAddress.Http.class,
                        http -> assertThat(http.headers()).containsEntry("Authorization", "Bearer s3cret"));
        assertThat(upstreams.get(1).options().address())
                .isEqualTo(
                        new ServerAddress.Stdio("/home/me/bin/x", List.of("/home/me/a", "-c", "echo $i $j"), Map.of()));
    }

    @Test
    void theFileOfGeminiIsReadAsItIs() throws IOException {
        environment.put("TOKEN", "s3cret");
        configFile("""
                {"theme": "dark", "mcpServers": {"team": {"httpUrl": "http://localhost:1/$TOKEN",
                    "headers": {"Authorization": "Bearer $TOKEN", "X": "${TOKEN}", "P": "pa$$word$TOKEN"}}}}
                """);
        assertThat(load().upstreams().get(0).options().address())
                .isInstanceOfSatisfying(ServerAddress.Http.class, http -> {
                    assertThat(http.url()).hasToString("http://localhost:1/s3cret");
                    assertThat(http.headers())
                            .isEqualTo(Map.of("Authorization", "Bearer s3cret", "X", "s3cret", "P", "pa$$word$TOKEN"));
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${input:key} | uses ${input:key}, which only the client",
                "${workspaceFolder}/x | uses ${workspaceFolder}, which only the client",
                "${env:NOPE} | uses ${env:NOPE}, but the environment has no NOPE",
                "Bearer $NOPE | uses $NOPE, but the environment has no NOPE",
                "${a s3cret} | uses a ${...} that is not the name of a variable",
            })
    void whatOnlyAClientCouldFillInIsRefusedByNameAndNeverByValue(String value, String message) throws IOException {
        configFile("{\"servers\": {\"a\": {\"url\": \"http://x/\", \"headers\": {\"K\": \"" + value + "\"}}}}");
        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("upstreams.a.headers.K " + message)
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void otherFieldsOfAClientsFileAreLeftAloneButNotOnesThatWereMeantForUs() throws IOException {
        configFile("{\"firstStartTime\": 1, \"projects\": {}, \"mcpServers\": {\"a\": {\"command\": \"x\"}}}");
        assertThat(load().upstreams()).hasSize(1);
        for (String field : List.of("databse", "defaultuser", "log_level", "sqllite")) {
            String json = "{\"" + field
                    + "\": \"x\", \"database\": \"/m.db\", \"mcpServers\": {\"a\": {\"command\": \"x\"}}}";
            configFile(json);
            assertThatThrownBy(this::load).hasMessageContaining("unknown option " + field);
        }
        configFile("{\"databse\": \"x\", \"mcpServers\": {\"a\": {\"command\": \"x\"}}}");
        assertThatThrownBy(this::load).hasMessageContaining("unknown option databse");
    }

    @Test
    void blanksAndLineBreaksAroundAnOptionOfTheEnvironmentAreNotMeant() {
        environment.put("UNIFIED_MEMORY_DEFAULT_USER", " me\r\n");
        environment.put("UNIFIED_MEMORY_LOG_LEVEL", "info\r");
        assertThat(load().tools().defaultUser()).isEqualTo("me");
        assertThat(load().logLevel()).isEqualTo("info");
    }

    @Test
    void synchronousFullIsTaken() {
        assertThat(file(load("--sqlite-synchronous=full")).synchronous()).isEqualTo(Synchronous.FULL);
    }

    @Test
    void theDataFolderIsThePlatforms() {
        environment.put("LOCALAPPDATA", "/local");
        environment.put("XDG_DATA_HOME", "/xdg");
        assertThat(new UserFolders("Mac OS X", "/home/me", environment).data())
                .isEqualTo(Path.of("/home/me/Library/Application Support/unified-memory"));
        assertThat(new UserFolders("Windows 11", "/home/me", environment).data())
                .isEqualTo(Path.of("/local/unified-memory"));
        assertThat(new UserFolders("Linux", "/home/me", environment).data()).isEqualTo(Path.of("/xdg/unified-memory"));
        assertThat(new UserFolders("Linux", "/home/me", Map.of("XDG_DATA_HOME", "relative")).data())
                .isEqualTo(Path.of("/home/me/.local/share/unified-memory"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"databse\": \"x\"} | unknown option databse; accepted are database, defaultUser",
                "{\"sqlite\": {\"prio\": 1}} | unknown option sqlite.prio",
                "{\"sqlite\": {\"priority\": \"x\"}} | sqlite.priority must be a whole number from 0 to 1000, not x",
                "{\"sqlite\": {\"priority\": 1.5}} | sqlite.priority must be a whole number from 0 to 1000, not 1.5",
                "{\"sqlite\": 3} | sqlite must be a JSON object, not 3",
                "{\"logLevel\": \"loud\"} | logLevel must be one of error, warn, info, debug, not loud",
                "{\"upstreams\": {\"a\": {\"comand\": \"x\"}}} | unknown option upstreams.a.comand; accepted are args",
                "{\"upstreams\": {\"a\": {}}} | upstreams.a must have a command (a program to start) or a url",
                "{\"upstreams\": {\"a\": {\"type\": \"http\", \"url\": \"ftp://x\"}}} | upstreams.a: url must be",
                "{\"upstreams\": {\"a\": {\"url\": \"http://a b\"}}} | upstreams.a.url is no web address: Illegal character",
                "{\"upstreams\": {\"a\": {\"command\": \"${NOPE}\"}}} | uses ${NOPE}, but the environment has no NOPE",
                "{\"upstreams\": {\"a\": {\"command\": \"x\", \"contract\": \"y\"}}} | contract must be one of auto,",
                "{\"upstreams\": {\"m\": {\"command\": \"x\"}}, \"mcpServers\": {\"m\": {\"command\": \"y\"}}} | two upstreams are called m",
                "{\"servers\": {\"m\": {\"command\": \"x\"}}, \"mcpServers\": {\"m\": {\"command\": \"y\"}}} | two upstreams are called m",
                "{\"upstreams\": {\"sqlite\": {\"command\": \"x\"}}} | an upstream's name must",
                "{\"defaultUser\": | is not a JSON object in line 1",
                "[] | is not a JSON object",
            })
    void aWrongFileIsRefusedInOneLineThatNamesOptionAndFile(String json, String message) throws IOException {
        Path file = configFile(json);
        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(file.toString())
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aWrongVariableIsNamed() {
        environment.put("UNIFIED_MEMORY_SQLITE_ENABLED", "maybe");
        assertThatThrownBy(this::load)
                .hasMessage("sqlite.enabled must be true or false, not maybe (from UNIFIED_MEMORY_SQLITE_ENABLED)");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> load("--config", "/nowhere/x.json"))
                .hasMessage("the configuration file /nowhere/x.json does not exist (from --config)");
    }

    @Test
    void anUnknownFlagAndAFlagWithoutAValueAreNamed() {
        assertThatThrownBy(() -> load("--databse", "x")).hasMessageContaining("unknown option --databse");
        assertThatThrownBy(() -> load("--db")).hasMessageContaining("--db needs a value: a path");
    }

    @Test
    void headersAndVariablesAreNeverShown() throws IOException {
        configFile("{\"upstreams\": {\"a\": {\"url\": \"http://x/\", \"headers\": {\"K\": [\"s3cret\"]}}}}");
        assertThatThrownBy(this::load)
                .hasMessageContaining("upstreams.a.headers.K must be a text")
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void whatAPlaceholderStandsForIsNeverShown() throws IOException {
        environment.put("TOKEN", "s3cret x");
        configFile("""
                {"upstreams": {
                  "graph": {"command": "npx", "args": ["-y", "--token=${TOKEN}"], "env": {"F": "${TOKEN}"}},
                  "team": {"url": "https://me:pw@example.org/${HOME}/mcp?key=1", "headers": {"Authorization": "${TOKEN}"}}}}
                """);
        assertThat(load().upstreams())
                .extracting(Config.Upstream::written)
                .containsExactly(
                        "stdio npx -y --token=${TOKEN}, env [F]",
                        "http https://example.org/${HOME}/mcp, headers [Authorization]");
        assertThat(load().upstreams().toString()).doesNotContain("s3cret");

        configFile("{\"upstreams\": {\"a\": {\"url\": \"http://x/${TOKEN}\"}}}");
        assertThatThrownBy(this::load)
                .hasMessageContaining("upstreams.a.url is no web address: Illegal character in path at index")
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void lineEndsAndBlanksAroundAVariableAreNoPartOfIt() throws IOException {
        environment.put("TOKEN", " s3cret\r\n");
        environment.put("UNIFIED_MEMORY_DEFAULT_USER", "me\r");
        configFile("""
                {"upstreams": {
                  "graph": {"command": "npx", "env": {"F": "${TOKEN}"}},
                  "team": {"url": "https://h/", "headers": {"Authorization": " Bearer ${TOKEN} "}}}}
                """);

        List<Config.Upstream> upstreams = load().upstreams();

        assertThat(((ServerAddress.Stdio) upstreams.get(0).options().address()).env())
                .containsEntry("F", "s3cret");
        assertThat(((ServerAddress.Http) upstreams.get(1).options().address()).headers())
                .containsEntry("Authorization", "Bearer s3cret");
        assertThat(load().tools().defaultUser()).isEqualTo("me");
    }

    @Test
    void aHeaderThatCannotBeSentIsToldByItsNameAndItsVariable() throws IOException {
        environment.put("TOKEN", "s3c\nret");
        configFile("{\"upstreams\": {\"a\": {\"url\": \"http://h/\", \"headers\": {\"K\": \"Bearer ${TOKEN}\"}}}}");
        assertThatThrownBy(this::load)
                .hasMessageContaining("upstreams.a.headers.K has a character that no header can have")
                .hasMessageContaining("${TOKEN}")
                .message()
                .doesNotContain("s3c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"upstreams\": {\"a\": \"npx --token s3cret\"}} | upstreams.a must be a JSON object, not a text",
                "{\"upstreams\": {\"a\": {\"command\": [\"npx\", \"--token\", \"s3cret\"]}}} | upstreams.a.command must be a text, not an array",
                "{\"upstreams\": {\"a\": {\"command\": \"x\", \"args\": \"--token s3cret\"}}} | upstreams.a.args must be an array of texts, not a text",
                "{\"upstreams\": {\"a\": {\"url\": {\"href\": \"https://me:s3cret@h/\"}}}} | upstreams.a.url must be a text, not an object",
                "{\"upstreams\": {\"a\": {\"command\": \"x\", \"priority\": {\"s3cret\": 1}}}} | upstreams.a.priority must be a whole number",
                "{\"upstreams\": {\"a\": {\"command\": \"x\", \"env\": {\"T\": s3cret-token}}}} | is not a JSON object in line 1",
                "{\"http\": {\"keystorePassword\": 53537}, \"auth\": {\"jwksUri\": \"ftp://me:s3cret@h/\"}} | http.keystorePassword must be a text",
                "{\"auth\": {\"issuer\": \"https://h\", \"audience\": \"a\", \"jwksUri\": \"ftp://me:s3cret@h/?t=s3cret\"}} | auth.jwksUri must be an https address",
            })
    void noMessageShowsWhatMayBeSecret(String json, String message) throws IOException {
        configFile(json);
        assertThatThrownBy(() -> {
                    Config config = load();
                    assertThat(config.http().get()).isNotNull();
                    assertThat(config.access().get()).isNotNull();
                })
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("s3cret", "53537");
    }

    private Path configFile(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), json);
        environment.put("UNIFIED_MEMORY_CONFIG", file.toString());
        return file;
    }

    private static SqliteOptions file(Config config) {
        return ((DatabaseLocation.File) config.database()).options();
    }

    private Config load(String... arguments) {
        CommandLine commandLine = CommandLine.parse(List.of(arguments), option -> false);
        return new ConfigLoader(commandLine.flags(), environment, "Linux", "/home/me").load();
    }
}
