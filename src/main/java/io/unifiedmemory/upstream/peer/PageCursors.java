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
 * The cursors that a server gave lately, by the key behind which they go on: a listing is continued by key here, and by
 * an opaque cursor there. Thread-safe.
 */
final class PageCursors {

    private static final int CAPACITY = 1000;

    private record Position(String userId, String key) {}

    /** Where a page ended, and the cursor that goes on behind that key. */
    record Mark(String key, String cursor) {}

    private final NavigableMap<Position, String> cursors =
            new TreeMap<>(Comparator.comparing(Position::userId).thenComparing(Position::key, KeyOrder.COMPARATOR));

    /** The same positions, the one that was noted last at the end. */
    private final Set<Position> byAge = new LinkedHashSet<>();

    /**
     * The cursor that goes on behind this key, or behind the nearest key before it for which one is known: pages of several
     * backends are merged, so one may go on in the middle of what a server gave. Null for the beginning.
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
