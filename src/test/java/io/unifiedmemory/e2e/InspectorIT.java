package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The Inspector's command line, as a developer uses it to try a server; it needs a newer Node.js than we do. */
class InspectorIT {

    private static final int TOOL_ERROR = 5;

    @TempDir
    private Path folder;

    @Test
    void theInspectorListsTheToolsAndCallsThem() {
        Launch.Finished listed = inspect("--method", "tools/list");
        assertThat(listed.exitCode()).as(listed.stderr()).isZero();
        assertThat(result(listed).path("tools").findValuesAsString("name")).contains("store", "retrieve", "search");

        Launch.Finished stored = call("store", Map.of("user_id", "anna", "key", "tea", "value", "Darjeeling 🍵"));
        assertThat(stored.exitCode()).as(stored.stderr()).isZero();

        Launch.Finished read = call("retrieve", Map.of("user_id", "anna", "key", "tea"));
        assertThat(read.exitCode()).as(read.stderr()).isZero();
        assertThat(result(read).at("/structuredContent/entry/value").asString()).isEqualTo("Darjeeling 🍵");

        assertThat(call("store", Map.of("user_id", "anna", "key", "tea")).exitCode())
                .isEqualTo(TOOL_ERROR);
    }

    private Launch.Finished call(String tool, Map<String, ?> arguments) {
        return inspect("--method", "tools/call", "--tool-name", tool, "--tool-args-json", Json.write(arguments));
    }

    private Launch.Finished inspect(String... options) {
        List<String> arguments =
                new ArrayList<>(List.of(NodePackages.command("mcp-inspector").toString(), "--cli"));
        arguments.addAll(new Home(folder).local().command());
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--format", "json"));
        Path node = NodePackages.node22();
        return Launch.of(node, arguments.toArray(String[]::new))
                .env("PATH", node.getParent() + ":" + System.getenv("PATH"))
                .run();
    }

    private static JsonNode result(Launch.Finished inspector) {
        return Json.mapper().readTree(inspector.stdout()).path("result");
    }
}
