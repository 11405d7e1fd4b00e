package io.unifiedmemory.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.commands.Command.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentParserTest {

    private final ArgumentParser parser = new ArgumentParser("copy", "it takes --dry-run, --to and --log")
            .withSwitch("--dry-run")
            .withValue("--to")
            .withOptionalValue("--log");

    @Test
    void optionsAndWordsMayBeMixed() {
        ArgumentParser.Parsed parsed = parse("one", "--dry-run", "two", "--to", "--there", "-3");
        assertThat(parsed.words()).containsExactly("one", "two", "-3");
        assertThat(parsed.has("--dry-run")).isTrue();
        assertThat(parsed.value("--to")).isEqualTo("--there");
        assertThat(parsed.has("--log")).isFalse();
    }

    @Test
    void aValueMayStandBehindAnEqualsSignAndBeEmpty() {
        assertThat(parse("--to=a=b").value("--to")).isEqualTo("a=b");
        assertThat(parse("--to=").value("--to")).isEmpty();
    }

    @Test
    void anOptionThatIsRepeatedHasEveryValueAndTheLastCounts() {
        ArgumentParser.Parsed parsed = parse("--to", "a", "--to=b");
        assertThat(parsed.values("--to")).containsExactly("a", "b");
        assertThat(parsed.value("--to")).isEqualTo("b");
        assertThat(parse().values("--to")).isEmpty();
        assertThat(parse().value("--to")).isNull();
    }

    @Test
    void anOptionalValueIsNeverTheNextWord() {
        ArgumentParser.Parsed parsed = parse("--log", "word");
        assertThat(parsed.has("--log")).isTrue();
        assertThat(parsed.value("--log")).isNull();
        assertThat(parsed.words()).containsExactly("word");
        assertThat(parse("--log=file").value("--log")).isEqualTo("file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--form", "--form=x", "--dry-run=true", "--", "--to-"})
    void whatItDoesNotKnowIsRefusedByNameWithWhatItTakes(String argument) {
        assertThatThrownBy(() -> parse("word", argument))
                .isInstanceOf(UsageException.class)
                .hasMessage("copy does not know " + argument + "; it takes --dry-run, --to and --log");
    }

    @Test
    void aMissingValueIsRefused() {
        assertThatThrownBy(() -> parse("--to"))
                .isInstanceOf(UsageException.class)
                .hasMessage("copy needs a value behind --to; it takes --dry-run, --to and --log");
    }

    @Test
    void theProgramKnowsTheOptionsOfItsCommandsAndNoOthers() {
        assertThat(List.of(
                        "--http",
                        "--pending",
                        "--dry-run",
                        "--no-default-user",
                        "--user",
                        "--all-users",
                        "--read-only",
                        "--name",
                        "--expires"))
                .allMatch(Commands::haveOption);
        assertThat(List.of("--databse", "--help", "--", "user")).noneMatch(Commands::haveOption);
    }

    private ArgumentParser.Parsed parse(String... arguments) {
        return parser.parse(List.of(arguments));
    }
}
