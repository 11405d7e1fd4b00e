package io.unifiedmemory.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.upstream.graph.KnowledgeGraphContract;
import io.unifiedmemory.upstream.link.ServerAddress;
import io.unifiedmemory.upstream.peer.UnifiedContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

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
        assertThatThrownBy(() ->
                        choose("auto", List.of(tool("add_memory", Set.of()), tool("a", Set.of()))))
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
