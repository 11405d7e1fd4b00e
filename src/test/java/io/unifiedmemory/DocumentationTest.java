package io.unifiedmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the documents say of options, files and commands is true. After a change of {@link Setting} write its table in
 * {@code docs/OPTIONS.md} anew with
 * {@code scripts/test --unit -Dtest=DocumentationTest -Dunified-memory.update-snapshot=true}.
 */
class DocumentationTest {

    private static final Path OPTIONS = Path.of("docs/OPTIONS.md");
    private static final Pattern OPTIONS_TABLE = Pattern.compile(
            "(?<=<!-- table of Setting, written by DocumentationTest -->\n).*?(?=<!-- end of the table -->)",
            Pattern.DOTALL);

    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");

    private static final Path DECISIONS = Path.of("docs/decisions");
    /** A title with the number of the record, then {@code **2026-11-26, accepted.**} or what superseded it. */
    private static final Pattern DECISION_HEAD = Pattern.compile("# (\\d{3}) \\S.*\n\n"
            + "\\*\\*\\d{4}-\\d{2}-\\d{2}, (accepted|superseded by \\[\\d{3}]\\(\\d{3}-.*\\.md\\))\\.\\*\\*");

    @Test
    void theTableOfTheOptionsIsThatOfTheProgram() throws IOException {
        if (Boolean.getBoolean("unified-memory.update-snapshot")) {
            String written = OPTIONS_TABLE
                    .matcher(Files.readString(OPTIONS))
                    .replaceFirst(Matcher.quoteReplacement(optionsTable()));
            Files.writeString(OPTIONS, written);
        }
        Matcher table = OPTIONS_TABLE.matcher(Files.readString(OPTIONS));
        assertThat(table.find()).isTrue();
        assertThat(table.group()).isEqualTo(optionsTable());
    }

    @Test
    void everyLinkToAFileLeadsToOne() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                Path folder = document.toAbsolutePath().getParent();
                if (folder == null || !Files.exists(folder.resolve(link.group(1)))) {
                    broken.add(document + ": " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyDecisionHasItsNumberADateAndAStatusAndIsListed() throws IOException {
        String list = Files.readString(DECISIONS.resolve("README.md"));
        List<Path> decisions = markdown(DECISIONS);
        decisions.remove(DECISIONS.resolve("README.md"));
        assertThat(decisions).isNotEmpty();
        for (Path decision : decisions) {
            String name = DECISIONS.relativize(decision).toString();
            Matcher head = DECISION_HEAD.matcher(Files.readString(decision));
            assertThat(head.lookingAt()).as("the head of %s", name).isTrue();
            assertThat(name).startsWith(head.group(1) + "-");
            assertThat(list).contains("(" + name + ")");
        }
    }

    @Test
    void continuousIntegrationRunsTheTestCommandOfTheReadme() throws IOException {
        String run = Files.readString(Path.of(".ci/run"));
        Matcher command =
                Pattern.compile("^exec (scripts/test.*)$", Pattern.MULTILINE).matcher(run);
        assertThat(command.find()).isTrue();
        assertThat(Files.readString(Path.of("README.md"))).contains("\n" + command.group(1) + " ");
    }

    private static String optionsTable() {
        return "| field of the file | environment variable | flag | default | what it does |\n"
                + "| --- | --- | --- | --- | --- |\n"
                + Arrays.stream(Setting.values())
                        .map(DocumentationTest::row)
                        .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String row(Setting setting) {
        String field = setting == Setting.CONFIG ? "" : "`" + setting.path() + "`";
        String unset = setting.absent() == null ? setting.unset() : "`" + setting.unset() + "`";
        return "| " + field + " | `" + setting.variable() + "` | `" + setting.flag() + "` | " + unset + " | "
                + setting.help() + " (" + setting.accepts() + ") |";
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = markdown(Path.of("docs"));
        try (Stream<Path> files = Files.list(Path.of(""))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        return documents;
    }

    private static List<Path> markdown(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .collect(Collectors.toCollection(ArrayList::new));
        }
    }
}
