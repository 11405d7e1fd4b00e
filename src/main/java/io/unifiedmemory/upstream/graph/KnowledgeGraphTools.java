package io.unifiedmemory.upstream.graph;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import io.unifiedmemory.upstream.contract.WriteLock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The tools of a knowledge graph server, with their answers read strictly: a failure may come as an error result, as a
 * JSON object {@code {"error": ...}} or as prose. Thread-safe.
 */
final class KnowledgeGraphTools {

    /** The beginning of the server's prose about damaged JSON, followed by a mention of JSON. */
    private static final Pattern DAMAGED_FILE =
            Pattern.compile("^(Unexpected|Expected|Unterminated|Bad|No number|Exponent|Invalid)\\b.*\\bJSON\\b.*");

    private static final Pattern FILE_ERROR = Pattern.compile("^E[A-Z]{3,}: .*");
    private static final Pattern ENTITY_GONE = Pattern.compile("^Entity with name .* not found$", Pattern.DOTALL);
    private static final Pattern PROSE_FAILURE = Pattern.compile("^(Error\\b|MCP error\\b).*", Pattern.DOTALL);

    private final Tools tools;
    private final WriteLock turn;

    KnowledgeGraphTools(Tools tools, Duration patience) {
        this.tools = tools;
        this.turn = new WriteLock(patience);
    }

    /** Reads the whole graph. */
    Graph readAll() {
        return read("read_graph", Map.of());
    }

    /** Reads the entities of these names that exist, and their relations. */
    Graph open(Collection<String> names) {
        return read("open_nodes", Map.of("names", names));
    }

    /** Runs work that reads and then writes, without another writer in between. */
    <T> T inTurn(Supplier<T> work) {
        return turn.take(work);
    }

    /** Creates entities whose names are unused. Call this, and every other write, only within {@link #inTurn}. */
    void create(String type, Map<String, List<String>> observationsByName) {
        List<Map<String, Object>> entities = observationsByName.entrySet().stream()
                .map(each -> Map.<String, Object>of(
                        "name", each.getKey(), "entityType", type, "observations", each.getValue()))
                .toList();
        write("create_entities", Map.of("entities", entities));
    }

    /** Adds the texts that the entity does not hold yet; an entity that is gone meanwhile stays gone. */
    void add(String name, List<String> contents) {
        Map<String, Object> addition = Map.of("entityName", name, "contents", contents);
        write("add_observations", Map.of("observations", List.of(addition)));
    }

    /** Deletes entities with their relations. */
    void deleteEntities(List<String> names) {
        if (!names.isEmpty()) {
            write("delete_entities", Map.of("entityNames", names));
        }
    }

    /** Deletes texts from entities, given by name. */
    void deleteObservations(Map<String, ? extends Collection<String>> byEntity) {
        if (!byEntity.isEmpty()) {
            List<Map<String, Object>> deletions = byEntity.entrySet().stream()
                    .map(each -> Map.<String, Object>of("entityName", each.getKey(), "observations", each.getValue()))
                    .toList();
            write("delete_observations", Map.of("deletions", deletions));
        }
    }

    private Graph read(String tool, Map<String, Object> arguments) {
        ToolReply reply = tools.call(tool, arguments, Map.of());
        Graph graph = reply.error() ? null : Graph.parse(reply.json());
        if (graph == null) {
            throw failure(tool, reply);
        }
        return graph;
    }

    private void write(String tool, Map<String, Object> arguments) {
        ToolReply reply = turn.write(tools.send(tool, arguments, Map.of()));
        boolean failed = reply.error()
                || reply.json().containsKey("error")
                || PROSE_FAILURE.matcher(reply.text()).matches();
        if (failed && !ENTITY_GONE.matcher(reply.text()).matches()) {
            throw failure(tool, reply);
        }
    }

    private static BackendException failure(String tool, ToolReply reply) {
        Object error = reply.json().get("error");
        String text = UpstreamFailures.shortened(error == null ? reply.text() : String.valueOf(error));
        String message = tool + ": " + text;
        if (text.startsWith("MCP error -32602: Input validation error")) {
            return new BackendException(Kind.REJECTED, message, "");
        }
        if (DAMAGED_FILE.matcher(text).matches()) {
            return UpstreamFailures.broken(message, "its memory file is damaged: repair it, or move it away");
        }
        if (FILE_ERROR.matcher(text).matches()) {
            return new BackendException(Kind.UNAVAILABLE, message, "can it use its MEMORY_FILE_PATH?");
        }
        return UpstreamFailures.broken(message, "");
    }
}
