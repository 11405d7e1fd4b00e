package io.unifiedmemory.search.segment;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pages that were read lately, of all users of a process. A page is known by the {@link Fingerprint} of its segment, so
 * nothing here ever becomes wrong, even where a database that was set back gives a number again. Thread-safe.
 */
public final class PageCache {

    /** About what a page costs in memory beside its bytes. */
    private static final int OVERHEAD = 150;

    private record Key(Fingerprint segment, int page) {}

    private final long capacity;
    private final Map<Key, byte[]> pages = new LinkedHashMap<>(16, 0.75f, true);
    private long used;

    /** @param capacity the most bytes that it holds; with 0 it holds nothing */
    public PageCache(long capacity) {
        this.capacity = capacity;
    }

    synchronized byte @Nullable [] get(Fingerprint segment, int page) {
        return pages.get(new Key(segment, page));
    }

    synchronized void put(Fingerprint segment, int page, byte[] bytes) {
        byte[] old = pages.put(new Key(segment, page), bytes);
        used += cost(bytes) - (old == null ? 0 : cost(old));
        for (Iterator<byte[]> eldest = pages.values().iterator(); used > capacity; eldest.remove()) {
            used -= cost(eldest.next());
        }
    }

    private static long cost(byte[] bytes) {
        return (long) bytes.length + OVERHEAD;
    }
}
