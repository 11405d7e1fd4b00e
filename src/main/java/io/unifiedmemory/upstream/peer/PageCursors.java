package io.unifiedmemory.upstream.peer;

import io.unifiedmemory.memory.KeyOrder;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers recent cursors of a server by the key at which they continue: a listing continues by key here, and by an
 * opaque cursor there. Thread-safe.
 */
final class PageCursors {

    private static final int CAPACITY = 1000;

    private record Position(String userId, String key) {}

    /** The key at which a page ended, and the cursor that continues behind it. */
    record Mark(String key, String cursor) {}

    private final NavigableMap<Position, String> cursors =
            new TreeMap<>(Comparator.comparing(Position::userId).thenComparing(Position::key, KeyOrder.COMPARATOR));

    /** The same positions, the latest one last. */
    private final Set<Position> byAge = new LinkedHashSet<>();

    /**
     * The cursor that continues behind this key, or behind the nearest key before it that has one: pages of several
     * backends are merged, so a page may begin in the middle of a server's page. Null for the beginning.
     */
    synchronized @Nullable Mark behind(String userId, String key) {
        Map.Entry<Position, String> nearest = cursors.floorEntry(new Position(userId, key));
        return nearest != null && nearest.getKey().userId().equals(userId)
                ? new Mark(nearest.getKey().key(), nearest.getValue())
                : null;
    }

    synchronized void note(String userId, String key, String cursor) {
        Position position = new Position(userId, key);
        cursors.put(position, cursor);
        byAge.remove(position);
        byAge.add(position);
        if (byAge.size() > CAPACITY) {
            Position oldest = byAge.iterator().next();
            byAge.remove(oldest);
            cursors.remove(oldest);
        }
    }
}
