package io.unifiedmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents say of names and files is there. */
class DocumentationTest {

    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");

    @Test
    void theOptionsAreAllListed() throws IOException {
        String options = Files.readString(Path.of("docs/OPTIONS.md"));
        for (Setting setting : Setting.values()) {
            assertThat(options).contains("`" + setting.flag() + "`");
            if (setting != Setting.CONFIG) {
                assertThat(options).contains("`" + setting.path() + "`");
            }
        }
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

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            List<Path> documents = new ArrayList<>(
                    docs.filter(file -> file.toString().endsWith(".md")).toList());
            documents.add(Path.of("README.md"));
            documents.add(Path.of("CHANGELOG.md"));
            return documents;
        }
    }
}
