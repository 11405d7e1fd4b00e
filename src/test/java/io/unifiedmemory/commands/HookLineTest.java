package io.unifiedmemory.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.install.ServerEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a server entry gets into the command line of a hook, and which entries a hook could not run with. */
class HookLineTest {

    private static final ServerEntry PROGRAM = new ServerEntry("/opt/unified-memory", List.of(), Map.of());
    private static final String USER = "UNIFIED_MEMORY_DEFAULT_USER";
    private static final String DATABASE = "UNIFIED_MEMORY_DB";

    @TempDir
    private Path home;

    private final Map<String, String> variables = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void entry() {
        environment.put("HOME", home.toString());
        variables.put(USER, "anna");
    }

    private String line() {
        return HookLine.of(PROGRAM, variables, environment);
    }

    @Test
    void itHasWhatContextNeedsAndNoSecret() {
        variables.put(DATABASE, "/data/anna's memories.db");
        variables.put("UNIFIED_MEMORY_HTTP_KEYSTORE_PASSWORD", "sesame");
        variables.put("UNIFIED_MEMORY_HTTP_ADDRESS", "127.0.0.1:1");
        variables.put("OTHER", "x");

        assertThat(line())
                .isEqualTo("/opt/unified-memory --db=\"/data/anna's memories.db\" --default-user=anna" + HookLine.END);
    }

    @Test
    void theLocaleIsOneWord() {
        variables.put("LC_ALL", "C; touch \"$HOME\"");

        assertThat(line()).startsWith("LC_ALL=\"C; touch \\\"\\$HOME\\\"\" /opt/unified-memory ");
    }

    @ParameterizedTest
    @CsvSource({"postgresql://anna:sesame@localhost/memory, password", "${NOT_SET}/memory.db, NOT_SET"})
    void anAddressThatItCouldNotUseIsRefused(String database, String reason) {
        variables.put(DATABASE, database);

        assertThatThrownBy(this::line)
                .isInstanceOf(Command.UsageException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("sesame");
    }

    @Test
    void aVariableOfTheEntryThatTheOptionsNameMustBeThereForTheHookToo() {
        variables.put(DATABASE, "${DATA}/memory.db");
        variables.put("DATA", "/data");

        assertThatThrownBy(this::line)
                .isInstanceOf(Command.UsageException.class)
                .hasMessageContaining("no DATA");
        environment.put("DATA", "/data");
        assertThat(line()).contains("--db=\"\\${DATA}/memory.db\"");
    }

    @Test
    void aPasswordThatOnlyTheServerGetsIsRefused() {
        variables.put(DATABASE, "postgresql://anna@localhost/memory");
        variables.put("PGPASSWORD", "sesame");

        assertThatThrownBy(this::line)
                .isInstanceOf(Command.UsageException.class)
                .hasMessageContaining("PGPASSWORD")
                .hasMessageNotContaining("sesame");
        environment.put("PGPASSWORD", "sesame");
        assertThat(line()).doesNotContain("sesame");
    }

    @Test
    void withoutADefaultUserThereIsNoHook() throws IOException {
        variables.put(USER, "");

        assertThatThrownBy(this::line)
                .isInstanceOf(Command.UsageException.class)
                .hasMessageContaining("--default-user");
        Path file = home.resolve("config.json");
        Files.writeString(file, "{\"defaultUser\": \"anna\"}");
        variables.put("UNIFIED_MEMORY_CONFIG", file.toString());
        assertThat(line()).contains("--config=" + file);
    }

    @Test
    void aHookOfAnotherProgramIsNotOurs() {
        variables.put("LC_ALL", "C.UTF-8");
        ServerEntry renamed = new ServerEntry("/usr/bin/java", List.of("-jar", "/opt/my memory.jar"), Map.of());

        assertThat(HookLine.isOurs(line(), renamed))
                .as("of another installation")
                .isTrue();
        assertThat(HookLine.isOurs(HookLine.of(renamed, variables, environment), renamed))
                .isTrue();
        assertThat(HookLine.isOurs("/opt/other context --hook", renamed)).isFalse();
        assertThat(HookLine.isOurs("/opt/other" + HookLine.END, renamed)).isFalse();
        assertThat(HookLine.isOurs("unified-memory context --hook | tee /tmp/log", renamed))
                .isFalse();
    }
}
