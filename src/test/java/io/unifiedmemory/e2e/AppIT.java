package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.ClientMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** MCP Apps: what clients are told that announce the extension, and the page of the built jar in one that shows it. */
class AppIT {

    private static final String EXTENSION = "io.modelcontextprotocol/ui";

    private static final Map<String, Object> SHOWS_APPS =
            Map.of("extensions", Map.of(EXTENSION, Map.of("mimeTypes", List.of("text/html;profile=mcp-app"))));

    @TempDir
    private Path folder;

    @Test
    void aPersonSeesAndCorrectsWhatAToolFoundInsideTheConversation() {
        Path database = folder.resolve("memory.db");
        String owner = BrowserIT.token(database, "--all-users");
        String reader = BrowserIT.token(database, "--all-users", "--read-only");
        try (HttpProcess server = HttpProcess.start(database, "--calls-per-second", "0", "--concurrent-calls", "0")) {
            Launch.Finished seen = Launch.of(
                            Path.of("node"), NodePackages.script("app.mjs").toString(), server.mcp(), owner, reader)
                    .run();
            assertThat(seen.stderr()).isEmpty();
            assertThat(seen.stdout()).contains("a client that calls no tools");
            assertThat(seen.exitCode()).isZero();
            assertThat(server.stderr()).doesNotContain("please report it");
        }
    }

    @Test
    void overStandardInputAClientThatShowsAppsIsToldOfThePage() {
        try (McpProcess server = new Home(folder).local().start()) {
            assertThat(hello(server, SHOWS_APPS).at("/capabilities/extensions").has(EXTENSION))
                    .isTrue();
            assertThat(pages(server, Map.of())).containsOnlyKeys("search", "get_all");

            JsonNode page = server.request(
                            "resources/read",
                            Map.of("uri", pages(server, Map.of()).get("search")))
                    .at("/result/contents/0");
            assertThat(page.path("mimeType").asString()).isEqualTo("text/html;profile=mcp-app");
            assertThat(page.path("text").asString())
                    .startsWith("<!doctype html>")
                    .as("one file, which every conversation loads")
                    .doesNotContain("src=\"", "href=\"")
                    .hasSizeLessThan(80_000);
            assertThat(server.request("resources/list", Map.of()).toString()).doesNotContain("ui://");
        }
    }

    @Test
    void aClientThatDoesNotIsToldWhatItAlwaysWas() throws IOException {
        Path loaded = folder.resolve("loaded.log");
        Launch launch = new Home(folder).local().env("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + loaded);
        try (McpProcess server = launch.start()) {
            assertThat(hello(server, Map.of()).toString()).doesNotContain("extensions");
            assertThat(server.request("tools/list", Map.of()).toString()).doesNotContain("_meta", "ui://");
        }
        assertThat(Files.readString(loaded))
                .contains("io.unifiedmemory.mcp.ServedTools")
                .doesNotContain("io.unifiedmemory.mcp.Apps");
    }

    @Test
    void theOptionTurnsItOff() {
        try (McpProcess server = Launch.jar("--db", new Home(folder).database().toString(), "--apps=false")
                .start()) {
            assertThat(hello(server, SHOWS_APPS).toString()).doesNotContain("extensions");
            assertThat(pages(server, Map.of())).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whereEveryRequestStandsAloneItSaysSo(boolean shows) {
        Map<String, Object> meta = Map.of(
                "io.modelcontextprotocol/protocolVersion",
                "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities",
                shows ? SHOWS_APPS : Map.of());
        try (McpProcess server = new Home(folder).local().start()) {
            assertThat(server.request("server/discover", Map.of("_meta", meta))
                            .at("/result/capabilities/extensions")
                            .has(EXTENSION))
                    .isTrue();
            assertThat(pages(server, Map.of("_meta", meta))).hasSize(shows ? 2 : 0);
        }
    }

    private static JsonNode hello(McpProcess server, Map<String, Object> capabilities) {
        Map<String, Object> parameters = new TreeMap<>(ClientMessages.initializeParams(ClientMessages.REVISION));
        parameters.put("capabilities", capabilities);
        return server.request("initialize", parameters).path("result");
    }

    /** The address of each tool's page. */
    private static Map<String, String> pages(McpProcess server, Map<String, ?> parameters) {
        Map<String, String> pages = new TreeMap<>();
        for (JsonNode tool : server.request("tools/list", parameters).at("/result/tools")) {
            JsonNode address = tool.at("/_meta/ui/resourceUri");
            if (!address.isMissingNode()) {
                pages.put(tool.path("name").asString(), address.asString());
            }
        }
        return pages;
    }
}
