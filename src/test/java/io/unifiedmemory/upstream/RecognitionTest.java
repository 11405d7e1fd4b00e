package io.unifiedmemory.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.declared.ContractOptions;
import io.unifiedmemory.upstream.graph.KnowledgeGraphContract;
import io.unifiedmemory.upstream.link.ServerAddress;
import io.unifiedmemory.upstream.peer.UnifiedContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecognitionTest {

    private final List<Tool> graph = tools(KnowledgeGraphContract.TOOLS);
    private final List<Tool> unified = tools(UnifiedContract.TOOLS);

    @Test
    void autoRecognisesEachByItsTools() {
        assertThat(choose("auto", graph)).isEqualTo(ContractType.KNOWLEDGE_GRAPH);
        assertThat(choose("auto", unified)).isEqualTo(ContractType.UNIFIED);
        List<Tool> more = new ArrayList<>(graph);
        more.add(tool("something_else", Set.of("x")));
        assertThat(choose("auto", more)).isEqualTo(ContractType.KNOWLEDGE_GRAPH);
    }

    @Test
    void namesAloneAreNotEnough() {
        List<Tool> sameNames = graph.stream()
                .map(tool -> tool.name().equals("create_entities") ? tool("create_entities", Set.of("entities")) : tool)
                .toList();

        assertThatThrownBy(() -> choose("auto", sameNames))
                .hasMessageContaining("create_entities(entities.entityType)");
    }

    @Test
    void aServerOfAnotherKindIsToldWithItsToolsAndTheKnownContracts() {
        assertThatThrownBy(() -> choose("auto", List.of(tool("add_memory", Set.of()), tool("a", Set.of()))))
                .isInstanceOfSatisfying(BackendException.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
                    assertThat(failure).hasMessageContaining("the tools a, add_memory");
                    assertThat(failure.hint()).startsWith("contracts are knowledge-graph, unified, memory-bank, ");
                });
        assertThatThrownBy(() -> choose("unified", graph))
                .hasMessageContaining("for unified it lacks cleanup, ")
                .hasMessageNotContaining("for knowledge-graph");
        assertThatThrownBy(() -> choose("auto", List.of())).hasMessageContaining("no tools");
    }

    /** The tools that servers listed when they ran. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "memory-bank",
                "mcp-memory-libsql",
                "redis",
                "memory-keeper",
                "mcp-memory-sqlite",
                "mnemon",
                "ruflo"
            })
    void aMirrorIsRecognisedByTheToolsThatItLists(String server) throws IOException {
        assertThat(choose("auto", listed(server)).text()).isEqualTo(server);
    }

    @Test
    void whatHasAllToolsOfAKnowledgeGraphIsOne() throws IOException {
        assertThat(choose("auto", listed("server-memory"))).isEqualTo(ContractType.KNOWLEDGE_GRAPH);
        assertThat(choose("auto", listed("itseasy21"))).isEqualTo(ContractType.KNOWLEDGE_GRAPH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ai-devkit", "kiro-memory", "agentdb", "mem0-npm"})
    void whatNobodyKnowsIsRefused(String server) {
        assertThatThrownBy(() -> choose("auto", listed(server)))
                .hasMessageContaining("which is no memory server known here");
    }

    @Test
    void aSourceIsNotTakenByItselfButNamed() {
        List<Tool> qdrant = List.of(
                tool("qdrant-find", Set.of("query"), List.of("query")),
                tool("qdrant-store", Set.of("information", "metadata"), List.of("information")));

        assertThatThrownBy(() -> choose("auto", qdrant))
                .hasMessageContaining("looks like qdrant, which cannot keep exact copies")
                .isInstanceOfSatisfying(
                        BackendException.class,
                        failure -> assertThat(failure.hint()).isEqualTo("to have it searched, set contract to qdrant"));
        assertThat(choose("qdrant", qdrant).text()).isEqualTo("qdrant");
    }

    @Test
    void whatAServerRequiresAndNobodySendsMakesItAnother() {
        List<Tool> perCollection = List.of(
                tool("qdrant-find", Set.of("query", "collection_name"), List.of("query", "collection_name")),
                tool("qdrant-store", Set.of("information", "collection_name"), List.of("information")));

        assertThatThrownBy(() -> choose("auto", perCollection)).hasMessageContaining("no memory server known here");
    }

    @Test
    void whatFitsTwoContractsAlikeIsRefusedWithBothNames() {
        OfferedTools offered = new OfferedTools(
                List.of(tool("get", Set.of("key")), tool("put", Set.of("key", "text")), tool("drop", Set.of("key"))));
        ContractOptions one = notes("one");

        assertThat(Recognition.recognised(offered, List.of(one)).text()).isEqualTo("one");
        assertThatThrownBy(() -> Recognition.recognised(offered, List.of(one, notes("two"))))
                .hasMessageContaining("fit more than one contract: one, two");
        OfferedTools forbidden = new OfferedTools(List.of(
                tool("get", Set.of("key")), tool("put", Set.of("key", "text", "ttl")), tool("drop", Set.of("key"))));
        assertThatThrownBy(() -> Recognition.recognised(forbidden, List.of(one)))
                .hasMessageContaining("no memory server known here");
    }

    private static ContractOptions notes(String name) {
        return ContractOptions.read(name, Json.parseObject("""
                        {"find": {"tool": "get", "arguments": {"key": "=hash"}, "items": "reply.json"},
                         "create": {"tool": "put", "arguments": {"key": "=hash", "text": "=text"}},
                         "delete": {"tool": "drop", "arguments": {"key": "=id"}},
                         "forbids": ["put.ttl"]}
                        """), name);
    }

    private static List<Tool> listed(String server) throws IOException {
        try (InputStream in = Objects.requireNonNull(RecognitionTest.class.getResourceAsStream("tool-lists.json"))) {
            Map<String, Object> all = Json.parseObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            List<Tool> tools = new ArrayList<>();
            for (Object each : (List<?>) Objects.requireNonNull(all.get(server))) {
                Map<String, Object> tool = ToolReply.object((Map<?, ?>) each);
                tools.add(Tool.builder(String.valueOf(tool.get("name")), ToolReply.object((Map<?, ?>)
                                Objects.requireNonNull(tool.get("inputSchema"))))
                        .build());
            }
            return tools;
        }
    }

    private static Tool tool(String name, Set<String> arguments, List<String> required) {
        Map<String, Object> schema = new LinkedHashMap<>(tool(name, arguments).inputSchema());
        schema.put("required", required);
        return Tool.builder(name, schema).build();
    }

    private static ContractKind choose(String contract, List<Tool> tools) {
        ServerAddress anywhere = new ServerAddress.Stdio("x", List.of(), Map.of());
        Duration second = Duration.ofSeconds(1);
        return Recognition.choose(new UpstreamOptions("test", anywhere, contract, second, second, null), tools);
    }

    private static List<Tool> tools(Map<String, Set<String>> signature) {
        List<Tool> tools = new ArrayList<>();
        signature.forEach((name, arguments) -> tools.add(tool(name, arguments)));
        return tools;
    }

    /** A tool whose schema has these properties; {@code list.field} for a field of the objects in a list. */
    private static Tool tool(String name, Set<String> arguments) {
        Map<String, Map<String, Object>> fields = new LinkedHashMap<>();
        for (String argument : arguments) {
            String[] path = argument.split("\\.", -1);
            Map<String, Object> own = fields.computeIfAbsent(path[0], list -> new LinkedHashMap<>());
            if (path.length > 1) {
                own.put(path[1], Map.of("type", "string"));
            }
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        fields.forEach((argument, own) ->
                properties.put(argument, Map.of("type", "array", "items", Map.of("properties", own))));
        return Tool.builder(name, Map.of("type", "object", "properties", properties))
                .build();
    }
}
