package io.unifiedmemory.unified.clock;

import io.unifiedmemory.memory.HlcTimestamp;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the memories whose versions come from a broken clock: a write that replaces such a memory has to be newer,
 * and other writes need not be. Only the last ones are kept, so that no client can fill this process. Thread-safe.
 */
final class FarAhead {

    private static final int MOST = 10_000;

    private record Memory(String userId, String key) {}

    private final Map<Memory, HlcTimestamp> versions = new LinkedHashMap<>();

    synchronized void note(String userId, String key, HlcTimestamp version) {
        versions.merge(new Memory(userId, key), version, (a, b) -> b.isNewerThan(a) ? b : a);
        if (versions.size() > MOST) {
            versions.remove(versions.keySet().iterator().next());
        }
    }

    /** @param key null for all memories of the user */
    synchronized HlcTimestamp newest(String userId, @Nullable String key) {
        if (key != null || versions.isEmpty()) {
            return key == null ? HlcTimestamp.NONE : versions.getOrDefault(new Memory(userId, key), HlcTimestamp.NONE);
        }
        return versions.entrySet().stream()
                .filter(each -> each.getKey().userId.equals(userId))
                .map(Map.Entry::getValue)
                .max(HlcTimestamp::compareTo)
                .orElse(HlcTimestamp.NONE);
    }
}
