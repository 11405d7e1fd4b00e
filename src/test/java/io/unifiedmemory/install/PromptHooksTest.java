package io.unifiedmemory.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hooks in Claude Code's settings: they get in, are brought up to date, and get out, and nothing else changes. */
class PromptHooksTest {

    private static final String END = " context --hook || exit 1";
    private static final String COMMAND =
            "\"/a \\\"b\\\"/unified-memory\" --default-user=anna context --hook || exit 1";

    @TempDir
    private Path home;

    private Machine machine;
    private Path file;

    @BeforeEach
    void place() {
        machine = new Machine("Linux", home, Map.of());
        file = PromptHooks.file(machine);
    }

    private static boolean isOurs(String command) {
        return command.endsWith(END);
    }

    private static Map<String, Object> json(Path file) throws IOException {
        return Json.parseObject(Files.readString(file));
    }

    private static Map<String, Object> hooks(String command) {
        String hook = Json.write(command);
        return Json.parseObject(
                "{\"E\": [{\"hooks\": [{\"type\": \"command\", \"command\": " + hook + ", \"timeout\": 10}]}]}");
    }

    @Test
    void aFileThatIsMadeForThemGoesWithThem() throws IOException {
        assertThat(file).isEqualTo(home.resolve(".claude/settings.json"));

        Change change = PromptHooks.add(machine, COMMAND, PromptHooksTest::isOurs);
        assertThat(change.remark()).isEqualTo("added");
        change.apply();

        Map<?, ?> written = (Map<?, ?>) Objects.requireNonNull(json(file).get("hooks"));
        assertThat(written.keySet().stream().map(String::valueOf)).containsExactly("SessionStart", "UserPromptSubmit");
        assertThat(written.get("SessionStart")).isEqualTo(hooks(COMMAND).get("E"));
        assertThat(written.get("UserPromptSubmit")).isEqualTo(hooks(COMMAND).get("E"));
        assertThat(PromptHooks.add(machine, COMMAND, PromptHooksTest::isOurs).isNone())
                .isTrue();
        PromptHooks.remove(machine, PromptHooksTest::isOurs).apply();
        assertThat(file).doesNotExist();
    }

    @Test
    void hooksOfOthersAndOtherSettingsStay() throws IOException {
        String before = """
                {
                  "model": "x",
                  "hooks": {
                    "Stop": [{"hooks": [{"type": "command", "command": "s"}]}],
                    "UserPromptSubmit": [{"matcher": "", "hooks": [{"type": "command", "command": "other"}]}]
                  },
                  "permissions": {"allow": []}
                }
                """;
        Files.createDirectories(file.getParent());
        Files.writeString(file, before);

        PromptHooks.add(machine, COMMAND, PromptHooksTest::isOurs).apply();
        assertThat(Files.readString(file)).contains("\"other\"", END, "{\"allow\": []}");
        PromptHooks.remove(machine, PromptHooksTest::isOurs).apply();

        assertThat(json(file)).isEqualTo(Json.parseObject(before));
        assertThat(Files.readString(file))
                .contains("\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"s\"}]}]");
    }

    @Test
    void olderHooksAreReplaced() throws IOException {
        PromptHooks.add(machine, "/old" + END, PromptHooksTest::isOurs).apply();

        Change change = PromptHooks.add(machine, COMMAND, PromptHooksTest::isOurs);
        assertThat(change.remark()).isEqualTo("brought up to date");
        change.apply();

        assertThat(Files.readString(file)).doesNotContain("/old");
    }

    @Test
    void aGroupIsSharedWithOthers() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                "{\"hooks\": {\"SessionStart\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"x" + END
                        + "\"}, {\"type\": \"command\", \"command\": \"other\"}]}]}}");

        PromptHooks.remove(machine, PromptHooksTest::isOurs).apply();

        assertThat(json(file))
                .isEqualTo(Json.parseObject("{\"hooks\": {\"SessionStart\": [{\"hooks\": [{\"type\": \"command\","
                        + " \"command\": \"other\"}]}]}}"));
    }

    @Test
    void aByteOrderMarkStays() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "\uFEFF{\"model\": \"x\"}");

        PromptHooks.add(machine, COMMAND, PromptHooksTest::isOurs).apply();
        assertThat(file).content().startsWith("\uFEFF{").contains("SessionStart", "UserPromptSubmit");
        assertThat(PromptHooks.add(machine, COMMAND, PromptHooksTest::isOurs).isNone())
                .isTrue();
        PromptHooks.remove(machine, PromptHooksTest::isOurs).apply();

        assertThat(file).content().isEqualTo("\uFEFF{\"model\": \"x\"}");
    }

    @Test
    void aCommandThatOnlyMentionsOursStays() throws IOException {
        Files.createDirectories(file.getParent());
        String before = "{\"hooks\": {\"SessionStart\": [{\"hooks\": [{\"type\": \"command\", \"command\":"
                + " \"log context --hook\"}]}]}}";
        Files.writeString(file, before);

        assertThat(PromptHooks.remove(machine, PromptHooksTest::isOurs).isNone())
                .isTrue();
        PromptHooks.add(machine, COMMAND, PromptHooksTest::isOurs).apply();
        PromptHooks.remove(machine, PromptHooksTest::isOurs).apply();

        assertThat(json(file)).isEqualTo(Json.parseObject(before));
    }

    @Test
    void whereThereAreNoneNothingIsRemoved() {
        assertThat(PromptHooks.remove(machine, PromptHooksTest::isOurs).isNone())
                .isTrue();
    }

    @Test
    void theFolderOfClaudeCodeMayBeElsewhere() {
        assertThat(PromptHooks.file(new Machine("Linux", home, Map.of("CLAUDE_CONFIG_DIR", "/elsewhere"))))
                .isEqualTo(Path.of("/elsewhere/settings.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"hooks\": []}", "{\"hooks\": {\"SessionStart\": {}}}", "{\"hooks\": 1} // x"})
    void whatIsNotUnderstoodIsLeftAsItIs(String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);

        assertThatThrownBy(() -> PromptHooks.add(machine, COMMAND, PromptHooksTest::isOurs))
                .isInstanceOf(InstallException.class)
                .hasMessageContaining("left as it is");
        assertThat(file).content().isEqualTo(text);
    }
}
