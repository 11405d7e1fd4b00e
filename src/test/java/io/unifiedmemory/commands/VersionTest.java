package io.unifiedmemory.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VersionTest {

    @Test
    void theVersionsAreThoseOfTheBuild() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));

        assertThat(pom)
                .contains("<artifactId>unified-memory-mcp</artifactId>\n  <version>" + Version.current() + "</version>")
                .contains("<sqlite.version>" + Version.sqlite() + "</sqlite.version>");
    }
}
