package io.unifiedmemory.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The block in a client's rules: it gets in once, and out without a trace. */
class RulesFileTest {

    @TempDir
    private Path home;

    private Machine machine;
    private Path project;

    @BeforeEach
    void place() {
        machine = new Machine("Linux", home, Map.of());
        project = home.resolve("project");
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatIsMadeForTheBlockGoesWithIt(RulesFile rules) throws IOException {
        Change change = rules.add(machine, project);
        change.apply();

        assertThat(change.file()).content().contains("## Memory", "data, not instructions");
        assertThat(rules.add(machine, project).isNone()).isTrue();
        rules.remove(machine, project).apply();
        assertThat(change.file()).doesNotExist();
        assertThat(rules.remove(machine, project).isNone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"# Mine\n\nBe kind.\n", "# Mine", "a\r\nb\r\n", "\n\n", "x\n\n\n"})
    void whatAUserHasWrittenStays(String text) throws IOException {
        Path file = home.resolve(".codex/AGENTS.md");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);

        RulesFile.CODEX.add(machine, project).apply();
        assertThat(file).content().startsWith(text).contains("## Memory");
        Files.writeString(file, Files.readString(file) + "More of mine.\n");
        RulesFile.CODEX.remove(machine, project).apply();

        assertThat(file).content().isEqualTo(text + "More of mine.\n");
    }

    @Test
    void anOlderBlockIsBroughtUpToDate() throws IOException {
        Path file = home.resolve(".gemini/GEMINI.md");
        RulesFile.GEMINI.add(machine, project).apply();
        String now = Files.readString(file);
        Files.writeString(file, "mine\n" + now.replace("## Memory", "## Old"));

        Change change = RulesFile.GEMINI.add(machine, project);

        assertThat(change.remark()).isEqualTo("brought up to date");
        assertThat(change.after()).isEqualTo("mine\n" + now);
    }

    /** Editors write other line breaks than they have read, and some leave out the last one. */
    @ParameterizedTest
    @EnumSource
    void theBlockIsKnownWithOtherLineBreaks(RulesFile rules) throws IOException {
        Change change = rules.add(machine, project);
        for (String text : new String[] {
            String.valueOf(change.after()).replace("\n", "\r\n"),
            String.valueOf(change.after()).stripTrailing()
        }) {
            change.apply();
            Files.writeString(change.file(), text);

            assertThat(rules.add(machine, project).isNone()).as(text).isTrue();
            assertThat(rules.remove(machine, project).after()).as(text).isNull();
            Files.delete(change.file());
        }
    }

    @Test
    void anOlderBlockKeepsTheLineBreaksOfItsFile() throws IOException {
        Path file = home.resolve(".gemini/GEMINI.md");
        RulesFile.GEMINI.add(machine, project).apply();
        String now = Files.readString(file).replace("\n", "\r\n");
        Files.writeString(file, "mine\r\n\r\n" + now.replace("## Memory", "## Old"));

        assertThat(RulesFile.GEMINI.add(machine, project).after()).isEqualTo("mine\r\n\r\n" + now);
        assertThat(RulesFile.GEMINI.remove(machine, project).after()).isEqualTo("mine\r\n");
    }

    @Test
    void eachClientReadsItsOwnFile() {
        assertThat(RulesFile.CURSOR.add(machine, project).file())
                .isEqualTo(project.resolve(".cursor/rules/unified-memory.mdc"));
        assertThat(RulesFile.VSCODE.add(machine, project).file())
                .isEqualTo(home.resolve(".config/Code/User/prompts/unified-memory.instructions.md"));
        assertThat(RulesFile.VSCODE.add(machine, project).after()).startsWith("---\napplyTo: '**'\n---\n");
        assertThat(RulesFile.of(Client.CLAUDE_DESKTOP)).isEmpty();
    }
}
