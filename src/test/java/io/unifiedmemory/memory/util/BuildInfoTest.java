package io.unifiedmemory.memory.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BuildInfoTest {

    @Test
    void theVersionsAreThoseOfTheBuild() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));

        assertThat(pom)
                .contains(
                        "<artifactId>unified-memory-mcp</artifactId>\n  <version>" + BuildInfo.current() + "</version>")
                .contains("<sqlite.version>" + BuildInfo.sqlite() + "</sqlite.version>");
    }
}
