package io.unifiedmemory.upstream;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cursors that a server gave lately, by the key behind which they go on: a listing is continued by key here, and by
 * an opaque cursor there. Thread-safe.
 */
final class PageCursors {

    private static final int CAPACITY = 1000;

    private record Position(String userId, String key) {}

    private final Map<Position, String> recent = new LinkedHashMap<>();

    /** The cursor of the page behind this key; null when it is not known, so that the listing starts from its beginning. */
    synchronized @Nullable String behind(String userId, String key) {
        return recent.get(new Position(userId, key));
    }

    synchronized void note(String userId, String key, String cursor) {
        recent.remove(new Position(userId, key));
        recent.put(new Position(userId, key), cursor);
        if (recent.size() > CAPACITY) {
            recent.remove(recent.keySet().iterator().next());
        }
    }
}
