package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The program in a shell: what it prints, and the exit codes that scripts rely on. */
class CliIT {

    private static final int WRONG_USE = 2;

    @TempDir
    private Path folder;

    private Home home() {
        return new Home(folder);
    }

    private Launch.Finished run(String... arguments) {
        return Launch.jar(arguments)
                .env("UNIFIED_MEMORY_DB", home().database().toString())
                .run();
    }

    @Test
    void helpNamesEveryCommandFlagAndVariable() {
        Launch.Finished help = run("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.stdout())
                .contains("--db", "--config", "--default-user", "--help", "--version", "check", "call")
                .contains("UNIFIED_MEMORY_DB", "UNIFIED_MEMORY_CONFIG", "UNIFIED_MEMORY_DEFAULT_USER");
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        Launch.Finished version = run("--version");
        assertThat(version.exitCode()).isZero();
        String pom = Files.readString(Path.of("pom.xml"));
        assertThat(version.stdout()).contains(pom.replaceAll("(?s).*?<version>([^<]*)</version>.*", "$1"));
    }

    @Test
    void checkReportsEveryBackendAndHidesSecrets() {
        Home.write(
                home().config(),
                Map.of(
                        "upstreams",
                        Map.of(
                                "reference",
                                Map.of(
                                        "command",
                                        "node",
                                        "args",
                                        List.of(NodePackages.referenceServer().toString()),
                                        "env",
                                        Map.of(
                                                "MEMORY_FILE_PATH",
                                                home().graph().toString(),
                                                "API_KEY",
                                                "s3cret-value")))));
        Launch.Finished check = run("check", "--config", home().config().toString());
        assertThat(check.exitCode()).as(check.stdout() + check.stderr()).isZero();
        assertThat(check.stdout())
                .contains(
                        "sqlite",
                        "reference",
                        "knowledge-graph",
                        home().database().toString(),
                        "API_KEY");
        assertThat(check.stdout() + check.stderr()).doesNotContain("s3cret-value");
    }

    @Test
    void checkFailsWhenABackendIsDownAndSaysWhich() {
        Home.write(
                home().config(),
                Map.of(
                        "upstreams",
                        Map.of(
                                "gone",
                                Map.of(
                                        "type",
                                        "http",
                                        "url",
                                        "http://127.0.0.1:9/mcp",
                                        "headers",
                                        Map.of("Authorization", "Bearer s3cret-value")))));
        Launch.Finished check = run("check", "--config", home().config().toString());
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.stdout()).contains("gone");
        assertThat(check.stdout() + check.stderr()).doesNotContain("s3cret-value");
    }

    @Test
    void withoutOptionsTheDatabaseIsInTheUsersDataFolderAndTheirsAlone() throws IOException {
        Launch.Finished check = Launch.jar("check")
                .env("HOME", folder.toString())
                .env("XDG_DATA_HOME", "")
                .run();
        assertThat(check.exitCode()).as(check.stdout() + check.stderr()).isZero();
        try (Stream<Path> files = Files.walk(folder)) {
            Path database = files.filter(file -> file.endsWith("unified-memory/memory.db"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no database in " + folder + ": " + check.stdout()));
            assertThat(Files.getPosixFilePermissions(database)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(Files.getPosixFilePermissions(database.getParent()))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void callRunsOneToolAndPrintsItsResult() {
        String memory = "{\"user_id\": \"anna\", \"key\": \"tea\", \"value\": \"Darjeeling 🍵\"}";
        assertThat(run("call", "store", memory).exitCode()).isZero();

        Launch.Finished read = run("call", "retrieve", "{\"user_id\": \"anna\", \"key\": \"tea\"}");
        assertThat(read.exitCode()).isZero();
        assertThat(Json.mapper().readTree(read.stdout()).at("/entry/value").asString())
                .isEqualTo("Darjeeling 🍵");
    }

    @Test
    void callReadsItsArgumentsFromStandardInputAsUtf8WhateverTheLocale() {
        Launch call = Launch.jar("call", "store", "-")
                .env("UNIFIED_MEMORY_DB", home().database().toString())
                .env("LC_ALL", "C");
        try (McpProcess process = call.start()) {
            process.sendLine("{\"user_id\": \"anna\", \"key\": \"thé\", \"value\": \"Darjeeling 🍵\"}");
            process.closeInput();
            assertThat(process.exitCode()).as(process.stderr()).isZero();
        }
        assertThat(run("call", "search", "{\"user_id\": \"anna\", \"query\": \"darjeeling\"}")
                        .stdout())
                .contains("thé", "Darjeeling 🍵");
    }

    @Test
    void whatIsOwedToAnUpstreamThatIsGoneIsShownAndCanBeDropped() {
        Home home = home();
        oneUpstream(home, "typo");
        assertThat(configured("call", "store", "{\"user_id\": \"anna\", \"key\": \"k\", \"value\": \"v\"}")
                        .stdout())
                .contains("queued");
        assertThat(configured("outbox", "drop", "typo").stdout()).contains("0 dead", "1 writes to typo", "--pending");

        oneUpstream(home, "right");
        assertThat(Json.mapper()
                        .readTree(configured("call", "health").stdout())
                        .at("/orphans/typo")
                        .asInt())
                .isEqualTo(1);
        assertThat(configured("check").stdout()).contains("1 writes are pending for typo", "outbox drop typo");
        assertThat(configured("outbox", "list").stdout()).contains("no upstream typo is configured here", "STORE k");
        assertThat(run("outbox", "drop", "typo").stdout())
                .as("no file says that it is gone")
                .contains("--pending");
        assertThat(configured("outbox", "drop", "typo").stdout()).contains("1 writes dropped");
        assertThat(configured("outbox", "list").stdout()).isEmpty();
        assertThat(configured("call", "health").stdout()).doesNotContain("orphans");
    }

    @Test
    void whatIsPendingForAConfiguredUpstreamIsDroppedOnRequestOnly() {
        oneUpstream(home(), "gone");
        configured("call", "store", "{\"user_id\": \"anna\", \"key\": \"k\", \"value\": \"v\"}");
        assertThat(configured("outbox", "drop", "gone", "--pending").stdout()).contains("1 writes dropped");
        assertThat(configured("outbox", "list").stdout()).isEmpty();
        assertThat(configured("outbox", "drop", "--pending").exitCode()).isEqualTo(2);
    }

    private static void oneUpstream(Home home, String name) {
        Home.write(
                home.config(),
                Map.of("upstreams", Map.of(name, Map.of("command", "no-such-program", "maxRetries", 0))));
    }

    private Launch.Finished configured(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", home().config().toString()));
        return run(all.toArray(String[]::new));
    }

    @Test
    void aNewEntryIsForTheAccountThatItIsMadeIn() throws IOException {
        Path folder = home().folder();
        Launch.Finished added = client(folder, "add", "cursor");
        String login = System.getProperty("user.name");
        assertThat(added.stderr()).contains("are about " + login);
        assertThat(folder.resolve(".cursor/mcp.json"))
                .content()
                .contains("\"UNIFIED_MEMORY_DEFAULT_USER\": \"" + login);

        assertThat(client(folder, "add", "cursor", "--default-user", "anna").stderr())
                .isEmpty();
        assertThat(client(folder, "add", "cursor").stderr())
                .as("an older entry keeps its user")
                .isEmpty();
        assertThat(folder.resolve(".cursor/mcp.json")).content().contains("\"UNIFIED_MEMORY_DEFAULT_USER\": \"anna");

        for (String[] none : new String[][] {{"--no-default-user"}, {"--default-user", ""}, {"--default-user="}}) {
            List<String> words = new ArrayList<>(List.of("show", "gemini"));
            words.addAll(List.of(none));
            assertThat(client(folder, words.toArray(String[]::new)).stdout()).doesNotContain("DEFAULT_USER");
        }
    }

    /** As Claude Code runs it: the command of its settings, in a shell, with the event on standard input. */
    @Test
    void aHookTellsWhatIsRemembered() throws IOException {
        Path home = home().folder();
        String database = home().database().toString();
        run(
                "call",
                "store",
                "{\"user_id\": \"anna\", \"key\": \"db\", \"value\": \"The database listens on port 5433\"}");
        run(
                "call",
                "store",
                "{\"user_id\": \"anna\", \"key\": \"shop\", \"value\": \"The shop listens on port 3306\","
                        + " \"metadata\": {\"project\": \"host/shop\"}}");
        client(home, "add", "claude-code", "--hooks", "--default-user", "anna", "--db", database);

        String command = Json.mapper()
                .readTree(Files.readString(home.resolve(".claude/settings.json")))
                .at("/hooks/UserPromptSubmit/0/hooks/0/command")
                .asString();
        Path event = home.resolve("event.json");
        Files.writeString(
                event,
                Json.write(Map.of(
                        "hook_event_name",
                        "UserPromptSubmit",
                        "cwd",
                        home.toString(),
                        "prompt",
                        "On which port does the database listen?")));
        Launch.Finished told = Launch.of(Path.of("/bin/sh"), "-c", "(" + command + ") < '" + event + "'")
                .run();

        assertThat(told.exitCode()).as(told.stderr()).isZero();
        assertThat(told.stdout())
                .contains("<memories>", "- db: The database listens on port 5433")
                .doesNotContain("3306");
        Launch.Finished broken = Launch.of(Path.of("/bin/sh"), "-c", "(" + command + ") < /dev/null")
                .run();
        assertThat(broken.exitCode()).as("2 would block the prompt").isEqualTo(1);
        Files.writeString(event, Json.write(Map.of("cwd", "no\0path")));
        Launch.Finished nowhere = Launch.of(Path.of("/bin/sh"), "-c", "(" + command + ") < '" + event + "'")
                .run();
        assertThat(nowhere.exitCode()).isEqualTo(1);
        assertThat(nowhere.stderr()).contains("path of a folder");
        assertThat(client(home, "remove", "claude-code").stdout()).contains("hooks removed");
        assertThat(home.resolve(".claude/settings.json")).doesNotExist();
    }

    @Test
    void contextNeedsAUserAndMakesNoDatabase() {
        assertThat(run("context").exitCode()).isEqualTo(WRONG_USE);
        Launch.Finished empty = run("context", "--user", "anna", "--project", folder.toString());
        assertThat(empty.exitCode()).as(empty.stderr()).isZero();
        assertThat(empty.stdout()).isEmpty();
        assertThat(home().database()).doesNotExist();
        assertThat(run("context", "--user", "anna", "--max-tokens", "0").stderr())
                .contains("--max-tokens");
    }

    private static Launch.Finished client(Path home, String... words) {
        List<String> all = new ArrayList<>(List.of("client"));
        all.addAll(List.of(words));
        return Launch.jar(all.toArray(String[]::new))
                .env("HOME", home.toString())
                .run();
    }

    @Test
    void callFailsWhenTheToolDoes() {
        Launch.Finished refused = run("call", "store", "{\"user_id\": \"anna\", \"key\": \"\"}");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stdout() + refused.stderr()).contains("key");
    }

    @Test
    void callOfAnUnknownToolFailsAndNamesTheTools() {
        Launch.Finished unknown = run("call", "stor", "{}");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.stderr().strip().lines()).hasSize(1);
        assertThat(unknown.stderr()).contains("stor", "store, retrieve");
    }

    @Test
    void aCommandOnABrokenDatabaseFailsInOneLine() throws IOException {
        Files.writeString(home().database(), "not a database");
        Home.write(
                home().config(),
                Map.of("upstreams", Map.of("gone", Map.of("type", "http", "url", "http://127.0.0.1:9/mcp"))));
        for (String command : List.of("reconcile", "outbox list", "reindex")) {
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            words.addAll(
                    List.of("--log-level", "error", "--config", home().config().toString()));
            Launch.Finished finished = run(words.toArray(String[]::new));
            assertThat(finished.exitCode())
                    .as(command + ": " + finished.stderr())
                    .isEqualTo(1);
            // On a busy machine it may also say for what it waits.
            assertThat(finished.stderr().strip().lines().filter(line -> !line.startsWith("waiting for ")))
                    .as(command)
                    .hasSize(1);
            assertThat(finished.stderr()).contains(home().database().toString(), "choose another database file");
        }
    }

    @Test
    void reconcileSaysThatThereIsNothingToCompare() {
        Launch.Finished alone = run("reconcile");
        assertThat(alone.exitCode()).isZero();
        assertThat(alone.stdout()).contains("no upstream is configured");

        Launch.Finished without = run("reconcile", "--sqlite-enabled=false");
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.stderr()).contains("sqlite.enabled is false");
    }

    @Test
    void rescueReadsADamagedDatabaseIntoANewOne() throws IOException {
        run("call", "store", "{\"user_id\":\"anna\",\"key\":\"tea\",\"value\":\"green\"}");
        try (RandomAccessFile content = new RandomAccessFile(home().database().toFile(), "rw")) {
            content.write(new byte[100]);
        }
        Path target = folder.resolve("rescued.db");
        assertThat(run("call", "health", "{}").stdout()).contains("rescue FILE");

        Launch.Finished rescue = run("rescue", target.toString());

        assertThat(rescue.exitCode()).as(rescue.stderr()).isZero();
        assertThat(rescue.stdout()).contains("1 memories, 0 remembered deletes", target.toString(), "was not changed");
        assertThat(Launch.jar("call", "retrieve", "{\"user_id\":\"anna\",\"key\":\"tea\"}", "--db", target.toString())
                        .run()
                        .stdout())
                .contains("\"green\"");
    }

    @Test
    void duplicatesListsWhatSaysNearlyTheSame() {
        run(
                "call",
                "store",
                "{\"user_id\": \"anna\", \"key\": \"tea\", \"value\": \"prefers green tea in the morning\"}");
        run("call", "store", "{\"user_id\": \"anna\", \"key\": \"pet\", \"value\": \"has a cat called Tom\"}");
        assertThat(run("duplicates").stdout()).contains("no two memories say nearly the same");
        run(
                "call",
                "store",
                "{\"user_id\": \"anna\", \"key\": \"drinks\", \"value\": \"in the morning prefers green tea\"}");

        Launch.Finished duplicates = run("duplicates", "--user", "anna");

        assertThat(duplicates.exitCode()).as(duplicates.stderr()).isZero();
        assertThat(duplicates.stdout())
                .contains(
                        "anna: 2 memories, 100 percent alike",
                        "  tea: prefers green tea in the morning",
                        "  drinks: in the morning prefers green tea",
                        "1 group of memories")
                .doesNotContain("Tom");
        assertThat(run("duplicates", "--user", "ben").stdout()).contains("no two memories");
    }

    @Test
    void duplicatesMakesNoDatabase() {
        Launch.Finished duplicates = run("duplicates");

        assertThat(duplicates.exitCode()).isEqualTo(1);
        assertThat(duplicates.stderr()).contains("there is no database " + home().database());
        assertThat(home().database()).doesNotExist();
    }

    @Test
    void reindexMakesNoDatabase() {
        Launch.Finished reindex = run("reindex");

        assertThat(reindex.exitCode()).isEqualTo(1);
        assertThat(reindex.stderr()).contains("there is no database " + home().database());
        assertThat(home().database()).doesNotExist();
    }

    @Test
    void reindexBuildsTheSearchIndexAnewAndShowsHowFarItIs() {
        run("call", "store", "{\"user_id\": \"anna\", \"key\": \"tea\", \"value\": \"Darjeeling\"}");

        Launch.Finished reindex = run("reindex");

        assertThat(reindex.exitCode()).as(reindex.stderr()).isZero();
        assertThat(reindex.stdout()).contains("the search index of " + home().database() + " was built anew");
        assertThat(reindex.stderr()).contains("percent");
        assertThat(run("call", "search", "{\"user_id\": \"anna\", \"query\": \"darjeeling\"}")
                        .stdout())
                .contains("tea");
    }

    static Stream<Arguments> wrongUses() {
        return Stream.of(
                argumentSet("unknown flag", List.of("--databse", "x"), List.of("--databse", "--db")),
                argumentSet("unknown command", List.of("chekc"), List.of("chekc", "check")),
                argumentSet("flag without a value", List.of("--db"), List.of("--db")),
                argumentSet("no such file", List.of("--config", "/no/such.json"), List.of("--config", "/no/such.json")),
                argumentSet("call without a tool", List.of("call"), List.of("call")),
                argumentSet("no such backend", List.of("outbox", "drop", "nosuch"), List.of("nosuch", "none")),
                argumentSet("rescue without a file", List.of("rescue"), List.of("rescue needs one file")),
                argumentSet("reindex with a word", List.of("reindex", "now"), List.of("reindex", "now")),
                argumentSet("call without JSON", List.of("call", "store", "{"), List.of("JSON")));
    }

    @ParameterizedTest
    @MethodSource("wrongUses")
    void aWrongCommandLineGetsOneLineThatNamesIt(List<String> arguments, List<String> named) {
        assertOneLine(run(arguments.toArray(String[]::new)), named);
    }

    static Stream<Arguments> wrongConfigurations() {
        return Stream.of(
                argumentSet("unknown option", "{\"databas\": \"x\"}", List.of("databas", "database")),
                argumentSet("wrong type", "{\"sqlite\": {\"priority\": \"high\"}}", List.of("priority", "high")),
                argumentSet(
                        "out of range",
                        "{\"upstreams\": {\"u\": {\"command\": \"x\", \"timeoutMs\": 0}}}",
                        List.of("timeoutMs", "0")),
                argumentSet(
                        "unknown contract",
                        "{\"upstreams\": {\"u\": {\"command\": \"x\", \"contract\": \"magic\"}}}",
                        List.of("contract", "magic", "auto", "knowledge-graph", "unified")),
                argumentSet(
                        "unknown transport",
                        "{\"upstreams\": {\"u\": {\"type\": \"ftp\", \"url\": \"ftp://x\"}}}",
                        List.of("type", "ftp", "http", "sse")),
                argumentSet("upstream without target", "{\"upstreams\": {\"u\": {}}}", List.of("u", "command", "url")),
                argumentSet("not JSON", "{\"database\": ", List.of("JSON")));
    }

    @ParameterizedTest
    @MethodSource("wrongConfigurations")
    void aWrongConfigurationGetsOneLineThatNamesOptionValuesAndFile(String json, List<String> named)
            throws IOException {
        Files.writeString(home().config(), json);
        String file = home().config().toString();
        Launch.Finished finished = run("--config", file);
        assertOneLine(finished, named);
        assertThat(finished.stderr()).contains(file);
    }

    @Test
    void aWrongEnvironmentValueGetsOneLineThatNamesTheVariable() {
        Launch.Finished finished =
                Launch.jar().env("UNIFIED_MEMORY_CONFIG", "/no/such.json").run();
        assertOneLine(finished, List.of("UNIFIED_MEMORY_CONFIG", "/no/such.json"));
    }

    @Test
    void aPastedClientConfigurationIsReadAsUpstreams() throws IOException {
        Files.writeString(home().config(), """
                {
                  "mcpServers": {
                    "memory": {"type": "stdio", "command": "node", "args": ["%s"], "env": {"MEMORY_FILE_PATH": "%s"}}
                  }
                }
                """.formatted(NodePackages.referenceServer(), home().graph()));
        Launch.Finished health =
                run("call", "health", "{}", "--config", home().config().toString());
        assertThat(health.exitCode()).as(health.stderr()).isZero();
        assertThat(Json.mapper()
                        .readTree(health.stdout())
                        .at("/backends/memory/type")
                        .asString())
                .isEqualTo("knowledge-graph");
    }

    private static void assertOneLine(Launch.Finished finished, List<String> named) {
        assertThat(finished.exitCode()).as(finished.stderr()).isEqualTo(WRONG_USE);
        assertThat(finished.stdout()).isEmpty();
        assertThat(finished.stderr().strip().lines()).hasSize(1);
        assertThat(finished.stderr()).contains(named);
    }
}
