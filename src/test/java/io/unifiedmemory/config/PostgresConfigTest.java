package io.unifiedmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.store.postgres.db.PostgresOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresConfigTest {

    private static final String URL = "postgresql://me@localhost/team";

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void theDatabaseMayBeAnAddressInFileVariableAndFlag() throws IOException {
        PostgresOptions expected = new PostgresOptions(
                        "jdbc:postgresql://localhost/team", URL, "me", null, 16, Duration.ofSeconds(5), false)
                .with(HistoryOptions.DEFAULT);

        assertThat(options(load("--db", URL))).isEqualTo(expected);
        assertThat(options(load("--db", '"' + URL + '"'))).as("in quotes").isEqualTo(expected);
        configFile("{\"database\": \"" + URL + "\"}");
        assertThat(options(load())).isEqualTo(expected);
        environment.put("UNIFIED_MEMORY_DB", "postgres://you@localhost/team");
        assertThat(options(load()).user()).isEqualTo("you");
    }

    @Test
    void itsOptionsAreRead() throws IOException {
        configFile("{\"database\": \"" + URL + "\", \"sqlite\": {\"priority\": 7}, \"postgres\": {\"connections\": 3,"
                + " \"timeoutMs\": 700, \"allowWeak\": true}, \"history\": {\"days\": 7, \"maxRevisions\": 3,"
                + " \"maxMegabytes\": 2}}");
        Config config = load();

        assertThat(options(config))
                .isEqualTo(new PostgresOptions(
                                "jdbc:postgresql://localhost/team", URL, "me", null, 3, Duration.ofMillis(700), true)
                        .with(new HistoryOptions(Duration.ofDays(7), 3, 2 << 20)));
        assertThat(config.databasePolicy())
                .isEqualTo(new BackendOptions(
                        true,
                        BackendOptions.LOCAL.priority(),
                        Duration.ofMillis(700),
                        BackendOptions.LOCAL.maxRetries()));
    }

    @Test
    void thePasswordComesFromAddressFileOrEnvironmentInThisOrder() throws IOException {
        environment.put("UNIFIED_MEMORY_DB", URL);
        assertThat(options(load()).password()).as("left to the driver").isNull();
        environment.put("PGPASSWORD", "of the environment");
        assertThat(options(load()).password()).isEqualTo("of the environment");
        Path file = Files.writeString(folder.resolve("password"), "of the file\r\n");
        assertThat(options(load("--postgres-password-file", file.toString())).password())
                .isEqualTo("of the file");
        environment.put("DB_PASSWORD", "of%20the%20address");
        environment.put("UNIFIED_MEMORY_DB", "postgresql://me:${DB_PASSWORD}@localhost/team");
        assertThat(options(load("--postgres-password-file", file.toString())).password())
                .isEqualTo("of the address");
        environment.put("UNIFIED_MEMORY_DB", "postgresql://me:a$WORD@localhost/team");
        assertThat(options(load()).password()).as("no variable").isEqualTo("a$WORD");
    }

    @Test
    void aPasswordOnTheCommandLineIsRefused() {
        assertThatThrownBy(() -> load("--db", "postgresql://me:s3cret@localhost/team"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("PGPASSWORD")
                .hasMessageContaining("(from --db)")
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void aPasswordFileThatHoldsNoneIsRefused() throws IOException {
        environment.put("UNIFIED_MEMORY_DB", URL);
        Path file = folder.resolve("password");
        assertPasswordFileRefused(file, "does not exist");
        assertPasswordFileRefused(folder.toAbsolutePath(), "cannot be read");
        Files.writeString(file, "\n");
        assertPasswordFileRefused(file, "must hold the password and nothing else");
        Files.writeString(file, "s3cret\nlocalhost:5432:*:me:s3cret\n");
        assertPasswordFileRefused(file, "must hold the password and nothing else");
        Files.write(file, new byte[] {'s', '3', (byte) 0xff});
        assertPasswordFileRefused(file, "is not UTF-8 text");
    }

    private void assertPasswordFileRefused(Path file, String why) {
        assertThatThrownBy(() -> load("--postgres-password-file", file.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("postgres.passwordFile")
                .hasMessageContaining(why)
                .hasMessageContaining("(from --postgres-password-file)")
                .message()
                .doesNotContain("s3");
    }

    @Test
    void noTextOfTheConfigurationShowsThePassword() {
        environment.put("UNIFIED_MEMORY_DB", "postgresql://me:s3cret@h/team");
        Config config = load();

        assertThat(options(config).password()).isEqualTo("s3cret");
        assertThat(config.database().shown()).isEqualTo("postgresql://me@h/team?sslmode=verify-full");
        assertThat(config.toString()).contains("postgresql://me@h/team").doesNotContain("s3cret");
    }

    @Test
    void aMistakeInTheAddressIsToldWithItsPlace() throws IOException {
        Path file = configFile("{\"database\": \"postgresql://me:s3cret@localhost/team?shards=4\"}");
        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("database has an unknown parameter shards; accepted are ")
                .hasMessageEndingWith("(from " + file + ")");
        configFile("{\"database\": [\"postgresql://me:s3cret@localhost/team\"]}");
        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("database must be a path, or an address like")
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void whatOnlyAFileCanDoIsRefused() {
        assertThatThrownBy(() -> load("--db", URL, "--sqlite-enabled=false"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("sqlite.enabled is false, but the database is PostgreSQL")
                .hasMessageContaining("(from --sqlite-enabled)");
    }

    @Test
    void anUpstreamMayNotHaveTheNameOfTheStoreOfRecord() throws IOException {
        String upstreams = ", \"upstreams\": {\"postgresql\": {\"command\": \"x\"}}}";
        configFile("{\"database\": \"" + URL + "\"" + upstreams);
        assertThatThrownBy(this::load).isInstanceOf(ConfigException.class).hasMessageContaining("not be postgresql");
        configFile("{\"database\": \"/data/memory.db\"" + upstreams);
        assertThat(load().upstreams()).hasSize(1);
    }

    @Test
    void tokensAreInTheDatabaseUnlessAFileIsNamed() {
        assertThat(load("--db", URL).access().get().tokenFile()).isNull();
        assertThat(load("--db", URL, "--auth-token-file", "/elsewhere/tokens.json")
                        .access()
                        .get()
                        .tokenFile())
                .isEqualTo(Path.of("/elsewhere/tokens.json"));
    }

    private static PostgresOptions options(Config config) {
        return ((DatabaseLocation.Postgres) config.database()).options();
    }

    private Path configFile(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), json);
        environment.put("UNIFIED_MEMORY_CONFIG", file.toString());
        return file;
    }

    private Config load(String... arguments) {
        CommandLine commandLine = CommandLine.parse(List.of(arguments), option -> false);
        return new ConfigLoader(commandLine.flags(), environment, "Linux", "/home/me").load();
    }
}
