package io.unifiedmemory.upstream.graph;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.AnsweredCall;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.Tools;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The knowledge graph server in memory: what its tools do, down to what they ignore, and faults on request. Thread-safe,
 * and more careful than the real one: its tools run one at a time.
 */
final class FakeGraph implements Tools {

    /** By name, in the order of creation. */
    final Map<String, Node> nodes = new LinkedHashMap<>();

    final List<Map<String, Object>> relations = new ArrayList<>();
    /** Every call that changed something, as {@code tool}. */
    final List<String> writes = new ArrayList<>();
    /** How many of the next writes are acknowledged and lost. */
    int losing;
    /** Runs before the next write, as another program on the same file would. */
    Runnable meanwhile = () -> {};
    /** Changes replies, as other servers with the same tools might. */
    UnaryOperator<ToolReply> dialect = reply -> reply;

    record Node(String type, List<String> observations) {}

    @Override
    public Call send(String tool, Map<String, Object> arguments, Map<String, Object> meta) {
        ToolReply reply = dialect.apply(answer(tool, arguments));
        return new AnsweredCall(reply);
    }

    /** Adds an entity as another program would. */
    void foreign(String name, String type, String... observations) {
        nodes.put(name, new Node(type, new ArrayList<>(List.of(observations))));
    }

    List<String> observations(String name) {
        Node node = nodes.get(name);
        return node == null ? List.of() : node.observations();
    }

    private synchronized ToolReply answer(String tool, Map<String, Object> arguments) {
        return switch (tool) {
            case "read_graph" -> graph(nodes.keySet());
            case "open_nodes" ->
                graph(nodes.keySet().stream()
                        .filter(texts(arguments.get("names"))::contains)
                        .toList());
            case "search_nodes" ->
                graph(nodes.keySet().stream()
                        .filter(name -> matches(name, String.valueOf(arguments.get("query"))))
                        .toList());
            default -> write(tool, arguments);
        };
    }

    private ToolReply write(String tool, Map<String, Object> arguments) {
        Runnable other = meanwhile;
        meanwhile = () -> {};
        other.run();
        writes.add(tool);
        if (losing > 0) {
            losing--;
            return acknowledged();
        }
        switch (tool) {
            case "create_entities" -> objects(arguments.get("entities")).forEach(this::create);
            case "add_observations" -> {
                for (Map<String, Object> addition : objects(arguments.get("observations"))) {
                    Node node = nodes.get(String.valueOf(addition.get("entityName")));
                    if (node == null) {
                        String text = "Entity with name " + addition.get("entityName") + " not found";
                        return new ToolReply(true, Map.of(), text, Map.of());
                    }
                    texts(addition.get("contents")).stream()
                            .filter(text -> !node.observations().contains(text))
                            .forEach(node.observations()::add);
                }
            }
            case "delete_entities" -> texts(arguments.get("entityNames")).forEach(this::delete);
            case "delete_observations" -> {
                for (Map<String, Object> deletion : objects(arguments.get("deletions"))) {
                    Node node = nodes.get(String.valueOf(deletion.get("entityName")));
                    if (node != null) {
                        node.observations().removeAll(texts(deletion.get("observations")));
                    }
                }
            }
            default -> throw new AssertionError(tool);
        }
        return acknowledged();
    }

    private void create(Map<String, Object> entity) {
        nodes.putIfAbsent(
                String.valueOf(entity.get("name")),
                new Node(String.valueOf(entity.get("entityType")), new ArrayList<>(texts(entity.get("observations")))));
    }

    private void delete(String name) {
        nodes.remove(name);
        relations.removeIf(relation -> relation.containsValue(name));
    }

    private boolean matches(String name, String query) {
        List<String> texts = new ArrayList<>(observations(name));
        texts.add(name);
        Node node = nodes.get(name);
        texts.add(node == null ? "" : node.type());
        String wanted = query.toLowerCase(Locale.ROOT);
        return texts.stream().anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(wanted));
    }

    private ToolReply graph(Collection<String> names) {
        List<Map<String, Object>> entities = new ArrayList<>();
        nodes.forEach((name, node) -> {
            if (names.contains(name)) {
                entities.add(Map.of(
                        "name", name, "entityType", node.type(), "observations", List.copyOf(node.observations())));
            }
        });
        List<Map<String, Object>> touching = relations.stream()
                .filter(relation -> names.contains(relation.get("from")) || names.contains(relation.get("to")))
                .toList();
        Map<String, Object> json = Map.of("entities", entities, "relations", touching);
        return new ToolReply(false, json, Json.write(json), Map.of());
    }

    private static ToolReply acknowledged() {
        return new ToolReply(false, Map.of(), "done", Map.of());
    }

    private static List<String> texts(@Nullable Object list) {
        return list instanceof Collection<?> texts
                ? texts.stream().map(String::valueOf).toList()
                : List.of();
    }

    private static List<Map<String, Object>> objects(@Nullable Object list) {
        return list instanceof Collection<?> all
                ? all.stream().map(each -> ToolReply.object((Map<?, ?>) each)).toList()
                : List.of();
    }
}
