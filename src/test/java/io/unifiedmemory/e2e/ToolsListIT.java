package io.unifiedmemory.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What a model is told about the tools, as a whole and to the byte: a change shows in review as a change of
 * {@code src/test/resources/tools-list.json}. After an intended one, write the file anew with
 * {@code scripts/test --it ToolsListIT -Dunified-memory.update-snapshot=true}.
 */
class ToolsListIT {

    private static final Path SNAPSHOT = Path.of("src/test/resources/tools-list.json");
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /** The tools that programs call most; the others leave their results to be read, since each word costs. */
    private static final Set<String> SAY_WHAT_THEY_RETURN = Set.of("store", "retrieve", "search", "get_all", "delete");

    @TempDir
    private static Path folder;

    private static McpProcess server;
    private static JsonNode initialized;
    private static JsonNode tools;

    @BeforeAll
    static void start() {
        server = new Home(folder).local().start();
        initialized = server.initialize();
        tools = server.request("tools/list", Map.of()).at("/result/tools");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theListIsTheSnapshotKeyOrderIncluded() throws IOException {
        String live = Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(tools) + "\n";
        if (Boolean.getBoolean("unified-memory.update-snapshot")) {
            Files.writeString(SNAPSHOT, live);
        }
        assertThat(live).isEqualTo(Files.readString(SNAPSHOT, UTF_8));
    }

    /** Many clients give a model the whole list with every conversation: 2,000 tokens are about so many characters. */
    @Test
    void theListIsShort() {
        assertThat(tools.toString()).hasSizeLessThan(8_200);
    }

    @Test
    void theListIsTheSameInEveryProcess(@TempDir Path other) {
        try (McpProcess second = new Home(other).local().start()) {
            second.initialize();
            String again =
                    second.request("tools/list", Map.of()).at("/result/tools").toString();
            assertThat(again).isEqualTo(tools.toString());
        }
    }

    @Test
    void everyToolTellsAModelWhatItIsAndWhetherItIsSafe() {
        assertThat(tools).hasSizeGreaterThanOrEqualTo(7).allSatisfy(tool -> {
            assertThat(tool.path("name").asString()).matches("[a-z][a-z0-9_]{0,31}");
            assertThat(tool.path("title").asString()).isNotBlank();
            assertThat(tool.path("description").asString()).isNotBlank();
            for (String hint : List.of("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")) {
                assertThat(tool.at("/annotations/" + hint).isBoolean())
                        .as(tool.path("name").asString() + " " + hint)
                        .isTrue();
            }
            assertThat(tool.at("/annotations/openWorldHint").asBoolean()).isFalse();
        });
    }

    @Test
    void theInstructionsFitIntoWhatClientsKeep() {
        String instructions = initialized.path("instructions").asString();
        assertThat(instructions).isNotBlank();
        assertThat(instructions.length()).isLessThan(2048);
    }

    @Test
    void everySchemaIsValidJsonSchema() {
        Schema metaSchema = SCHEMAS.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertThat(tools).allSatisfy(tool -> {
            for (String name : List.of("inputSchema", "outputSchema")) {
                if (name.equals("outputSchema")
                        && !SAY_WHAT_THEY_RETURN.contains(tool.path("name").asString())) {
                    assertThat(tool.has(name)).isFalse();
                    continue;
                }
                JsonNode schema = tool.path(name);
                assertThat(schema.path("type").asString()).isEqualTo("object");
                assertThat(metaSchema.validate(schema.toString(), InputFormat.JSON))
                        .isEmpty();
            }
        });
    }

    @Test
    void theStructuredContentMatchesTheOutputSchema() {
        Map<String, String> key = Map.of("user_id", "anna", "key", "tea");
        Map<String, Schema> schemas = new HashMap<>();
        tools.forEach(tool -> {
            if (tool.has("outputSchema")) {
                schemas.put(tool.path("name").asString(), SCHEMAS.getSchema(tool.path("outputSchema")));
            }
        });
        List<Map.Entry<String, Map<String, ?>>> calls = List.of(
                Map.entry("store", Map.of("user_id", "anna", "key", "tea", "value", "Darjeeling", "metadata", key)),
                Map.entry("retrieve", key),
                Map.entry("retrieve", Map.of("user_id", "anna", "key", "no such key")),
                Map.entry("search", Map.of("user_id", "anna", "query", "darjeeling")),
                Map.entry("search", Map.of("user_id", "nobody")),
                Map.entry("get_all", Map.of("user_id", "anna", "limit", 1)),
                Map.entry("get_all", Map.of("user_id", "nobody")),
                Map.entry("delete", key),
                Map.entry("delete", Map.of("user_id", "anna", "all", true)));
        assertThat(schemas.keySet()).isEqualTo(SAY_WHAT_THEY_RETURN);
        for (Map.Entry<String, Map<String, ?>> call : calls) {
            JsonNode content = server.ask(call.getKey(), call.getValue());
            Schema schema = requireNonNull(schemas.get(call.getKey()), call.getKey());
            assertThat(schema.validate(content.toString(), InputFormat.JSON))
                    .as("%s -> %s", call, content)
                    .isEmpty();
        }
    }
}
