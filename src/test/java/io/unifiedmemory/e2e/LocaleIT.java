package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts and file names outside ASCII, in processes that clients start without a locale or with one that is not there.
 */
class LocaleIT {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"C", "xx_XX.UTF-8"})
    void usersWhoseNamesDifferOutsideAsciiAreTwo(String locale) {
        for (String user : List.of("zoë", "zoö", "\uD83D\uDE00")) {
            Launch.Finished stored = in(
                            locale, jar("call", "store", "{\"key\": \"k\", \"value\": \"of " + user + "\"}"))
                    .env("UNIFIED_MEMORY_DEFAULT_USER", user)
                    .run();
            assertThat(stored.exitCode()).as(stored.stderr()).isZero();
        }
        for (String user : List.of("zoë", "zoö", "\uD83D\uDE00")) {
            Launch.Finished read = in(
                            "C.UTF-8", jar("call", "retrieve", "{\"key\": \"k\", \"user_id\": \"" + user + "\"}"))
                    .run();
            assertThat(Json.parseObject(read.stdout()).toString()).contains("of " + user);
        }
    }

    @Test
    void argumentsBehindThoseOfTheJvmAreExact() {
        Launch.Finished stored = in(
                        "C", jar("call", "store", "{\"user_id\": \"Zoë\", \"key\": \"clé ☕\", \"value\": \"żółć\"}"))
                .run();
        assertThat(stored.exitCode()).as(stored.stderr()).isZero();

        assertThat(in("C", jar("call", "get_all", "{\"user_id\": \"Zoë\"}"))
                        .run()
                        .stdout())
                .contains("clé ☕", "żółć");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HOME", "XDG_DATA_HOME", "UNIFIED_MEMORY_DB", "UNIFIED_MEMORY_CONFIG", "UNIFIED_MEMORY_CACHE"})
    void aPathThatJavaCannotOpenIsRefusedWithTheRemedy(String variable) throws IOException {
        Path home = Files.createDirectory(folder.resolve("Zoë"));
        Launch.Finished check = in("C", Launch.jar("check"))
                .env("HOME", folder.toString())
                .env("XDG_DATA_HOME", "")
                .env(
                        variable,
                        variable.endsWith("DB") || variable.endsWith("CONFIG") ? home + "/file" : home.toString())
                .run();
        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.stderr()).contains("LC_ALL=C.UTF-8").hasLineCount(1);
        assertThat(home).isEmptyDirectory();
        assertThat(folder.resolve("Zo??")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "C", "xx_XX.UTF-8", "xx_XX.ISO-8859-1"})
    void theLauncherOpensAHomeOutsideAsciiWhateverTheLocale(String locale) throws IOException {
        Installation installation = Installation.in(folder);
        Path home = Files.createDirectory(folder.resolve("Zoë"));
        Launch.Finished stored = in(
                        locale,
                        installation.launch("call", "store", "{\"user_id\": \"ë\", \"key\": \"k\", \"value\": \"ö\"}"))
                .env("HOME", home.toString())
                .env("XDG_DATA_HOME", "")
                .run();
        assertThat(stored.exitCode()).as(stored.stderr()).isZero();
        assertThat(home.resolve(".local/share/unified-memory/memory.db")).isRegularFile();
    }

    @Test
    void aProgramThatIsStartedGetsTheLocaleThatWasSet() throws IOException {
        Installation installation = Installation.in(folder);
        Path seen = folder.resolve("seen");
        Home.write(
                new Home(folder).config(),
                Map.of(
                        "upstreams",
                        Map.of(
                                "printer",
                                Map.of("command", "sh", "args", List.of("-c", "env > " + seen), "maxRetries", 0))));
        in(
                        "xx_XX.ISO-8859-1",
                        installation.launch(
                                "check", "--config", new Home(folder).config().toString()))
                .env("UNIFIED_MEMORY_DB", folder.resolve("memory.db").toString())
                .run();
        assertThat(seen).content().contains("LC_ALL=xx_XX.ISO-8859-1").doesNotContain("UNIFIED_MEMORY_LC_ALL");
    }

    @Test
    void anUpstreamWhoseVariablesCannotBePassedOnIsNotStartedWithOthers() {
        Home home = new Home(folder);
        Home.write(
                home.config(),
                Map.of("upstreams", Map.of("graph", Map.of("command", "cat", "env", Map.of("FILE", "/tmp/Zoë")))));
        Launch.Finished check =
                in("C", jar("check", "--config", home.config().toString())).run();
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.stdout()).contains("DOWN     graph", "LC_ALL=C.UTF-8");
    }

    @Test
    void theEntryForAJarThatStandsAloneNamesALocaleWhereItNeedsOne() {
        assertThat(in("C", jar("client", "show", "codex", "--default-user", "me"))
                        .env("HOME", "/home/me")
                        .run()
                        .stdout())
                .doesNotContain("LC_ALL");
        assertThat(in("C", jar("client", "show", "codex", "--default-user", "zoë"))
                        .env("HOME", "/home/me")
                        .run()
                        .stdout())
                .contains("LC_ALL = 'C.UTF-8'", "zoë");
    }

    private Launch jar(String... arguments) {
        return Launch.jar(arguments)
                .env("UNIFIED_MEMORY_DB", folder.resolve("memory.db").toString());
    }

    private static Launch in(String locale, Launch launch) {
        return launch.env("LC_ALL", locale).env("LANG", "").env("LC_CTYPE", "");
    }
}
