package io.unifiedmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import tools.jackson.databind.JsonNode;

/** The manifest says of the server what is true of the server. */
class ManifestTest {

    private static final Pattern USER_CONFIG = Pattern.compile("\\$\\{user_config\\.(\\w+)}");

    private final JsonNode manifest = read("mcp-manifest.json");

    private static JsonNode read(String file) {
        try {
            return Json.mapper().readTree(Files.readString(Path.of(file)));
        } catch (IOException e) {
            throw new AssertionError("cannot read " + file, e);
        }
    }

    @Test
    void itsVersionIsThatOfTheBuild() throws Exception {
        Document pom = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse("pom.xml");
        String version = XPathFactory.newInstance().newXPath().evaluate("/project/version", pom);
        assertThat(manifest.path("version").asString()).isEqualTo(version);
    }

    /** The snapshot in turn is held equal to the live list by the integration tests. */
    @Test
    void itsToolsAreThoseOfTheSnapshot() {
        assertThat(manifest.path("tools")).zipSatisfy(read("src/test/resources/tools-list.json"), (told, listed) -> {
            assertThat(told.path("name")).isEqualTo(listed.path("name"));
            assertThat(told.path("description")).isEqualTo(listed.path("description"));
        });
    }

    @Test
    void everyUserOptionIsDefinedUsedAndOptional() {
        Set<String> used = new TreeSet<>();
        Matcher matcher = USER_CONFIG.matcher(manifest.path("server").toString());
        while (matcher.find()) {
            used.add(matcher.group(1));
        }
        JsonNode options = manifest.path("user_config");
        assertThat(new TreeSet<>(options.propertyNames())).isNotEmpty().isEqualTo(used);
        assertThat(options)
                .allSatisfy(option ->
                        assertThat(option.path("required").asBoolean(true)).isFalse());
    }
}
