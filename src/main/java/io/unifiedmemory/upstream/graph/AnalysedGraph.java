package io.unifiedmemory.upstream.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Caches the analysis of the graph that was read last. The server reads the graph; analysing a large one takes longer
 * than that, and nearly always it is unchanged. Thread-safe.
 */
final class AnalysedGraph {

    /** The number of users of one graph whose memories stay analysed. */
    private static final int MOST_USERS = 8;

    private final Map<String, GraphSearch> byUser = new HashMap<>();
    private Graph graph = new Graph(List.of(), List.of());

    /** A user's memories in this graph, ready for searches. */
    synchronized GraphSearch search(Graph read, String userId, boolean withForeign) {
        if (!read.equals(graph) || (byUser.size() == MOST_USERS && !byUser.containsKey(userId))) {
            byUser.clear();
            graph = read;
        }
        return byUser.computeIfAbsent(userId, user -> new GraphSearch(read.visibleTo(user, withForeign)));
    }
}
