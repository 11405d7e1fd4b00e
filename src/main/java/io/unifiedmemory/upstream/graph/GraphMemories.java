package io.unifiedmemory.upstream.graph;

import io.unifiedmemory.memory.MemoryEntry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entities of a knowledge graph that somebody has as a file, with the same result as the server that keeps it gives
 * as an upstream. Stateless.
 */
public final class GraphMemories {

    private GraphMemories() {}

    /**
     * What one entity holds.
     *
     * @param memory the memory, of its own user where this program wrote it
     * @param ours whether this program wrote it, with its version
     * @param more whether other programs have added something to it, which is no part of the memory
     */
    public record Held(MemoryEntry memory, boolean ours, boolean more) {}

    /**
     * Reads one entity.
     *
     * @param relations those that begin or end at it
     * @param userId whose memory it is where another program wrote it
     * @return null when it is no entity, or when a crash has left nothing of a memory in it
     */
    public static @Nullable Held read(Map<String, Object> entity, List<Map<String, Object>> relations, String userId) {
        Graph graph = Graph.parse(Map.of("entities", List.of(entity), "relations", relations));
        if (graph == null) {
            return null;
        }
        Entity only = graph.entities().get(0);
        MemoryEntry ours = only.memory();
        if (ours != null) {
            return new Held(ours, true, !only.ours().containsAll(only.observations()));
        }
        return graph.foreign(userId)
                .findFirst()
                .map(memory -> new Held(memory, false, false))
                .orElse(null);
    }
}
