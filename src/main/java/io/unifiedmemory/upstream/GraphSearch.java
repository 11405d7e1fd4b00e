package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What of a server's hits is a hit, best first: the server also looks into envelopes and other users' names. Immutable.
 */
final class GraphSearch {

    private static final int NO_MATCH = 4;

    private final String query;

    GraphSearch(String query) {
        this.query = folded(query);
    }

    /**
     * Whether the server's substring search need not find every match: it folds a sigma at the end of the query to
     * another letter than the same sigma inside a word.
     */
    boolean serverMayMiss() {
        return query.indexOf('σ') >= 0;
    }

    /** The hits among the candidates, all of them, in the given order. */
    Stream<MemoryEntry> hits(Stream<MemoryEntry> candidates, SearchOrder order) {
        Comparator<MemoryEntry> byRank = Comparator.comparingInt(this::rank);
        return candidates
                .filter(entry -> rank(entry) < NO_MATCH)
                .sorted(
                        order == SearchOrder.RELEVANCE
                                ? byRank.thenComparing(SearchOrder.NEWEST_FIRST)
                                : SearchOrder.NEWEST_FIRST);
    }

    private int rank(MemoryEntry entry) {
        String key = folded(entry.key());
        if (key.equals(query)) {
            return 0;
        }
        if (key.contains(query)) {
            return 1;
        }
        if (folded(entry.value()).contains(query)) {
            return 2;
        }
        return entry.metadata().get("entity_type") instanceof String type
                        && folded(type).contains(query)
                ? 3
                : NO_MATCH;
    }

    private static String folded(String text) {
        return text.toLowerCase(Locale.ROOT).replace('ς', 'σ');
    }
}
