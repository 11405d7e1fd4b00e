package io.unifiedmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.upstream.UpstreamOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contracts in a configuration. */
class ContractConfigTest {

    private static final String NOTES =
            "{\"find\": {\"tool\": \"get\", \"arguments\": {\"k\": \"=hash\"}, \"items\": \"reply.json\"},"
                    + " \"create\": {\"tool\": \"put\", \"arguments\": {\"k\": \"=hash\", \"v\": \"=text\"}},"
                    + " \"delete\": {\"tool\": \"drop\", \"arguments\": {\"k\": \"=id\"}}}";

    @TempDir
    Path folder;

    @Test
    void anUpstreamNamesAContractOfTheConfiguration() throws IOException {
        UpstreamOptions options = upstream(NOTES, "notes");

        assertThat(options.contract()).isEqualTo("notes");
        assertThat(options.declared())
                .isNotNull()
                .satisfies(contract -> assertThat(contract.keeps()).isTrue());
    }

    @Test
    void aContractMayBeAFileOfItsOwn() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.json"), "// my notes\n" + NOTES);

        assertThat(upstream("\"" + file + "\"", "notes").declared()).isNotNull();
    }

    @Test
    void anUpstreamNamesAContractOfThisServer() throws IOException {
        assertThat(upstream(NOTES, "redis").declared())
                .isNotNull()
                .satisfies(contract -> assertThat(contract.title()).contains("server-redis"));
        assertThat(upstream(NOTES, "auto").declared()).isNull();
    }

    @Test
    void aMistakeIsToldWithItsPlaceAndFile() {
        assertThatThrownBy(() -> upstream(NOTES.replace("reply.json", "reply.("), "notes"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("contracts.notes.find.items is no JSONata: ")
                .hasMessageEndingWith("(from " + folder.resolve("config.json") + ")");
        assertThatThrownBy(() -> upstream("7", "notes"))
                .hasMessageStartingWith("contracts.notes must be a JSON object, not ");
        assertThatThrownBy(() -> upstream("\"" + folder.resolve("none.json") + "\"", "notes"))
                .hasMessageContaining("none.json does not exist (from contracts.notes)");
        assertThatThrownBy(() -> upstream(NOTES, "note"))
                .hasMessageStartingWith("upstreams.kb.contract must be one of auto, ")
                .hasMessageContaining(", notes, ")
                .hasMessageContaining(", not note;");
    }

    @Test
    void aContractCannotTakeTheNameOfOneThatIsPartOfTheProgram() {
        for (String name : new String[] {"auto", "unified", "knowledge-graph", "My Notes"}) {
            assertThatThrownBy(() -> load("{\"contracts\": {\"" + name + "\": " + NOTES + "}}"))
                    .hasMessageStartingWith("contracts." + name + " must have a name of small letters");
        }
    }

    private UpstreamOptions upstream(String contract, String named) throws IOException {
        return load("{\"contracts\": {\"notes\": " + contract + "},"
                        + " \"upstreams\": {\"kb\": {\"command\": \"kb\", \"contract\": \"" + named + "\"}}}")
                .upstreams()
                .get(0)
                .options();
    }

    private Config load(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), json);
        return new ConfigLoader(Map.of(Setting.CONFIG, file.toString()), Map.of(), "Linux", "/home/me").load();
    }
}
