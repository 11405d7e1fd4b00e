package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.MemoryBackend;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;

/**
 * Memories of one user in a place that keeps no versions: the last store that arrives counts, and a delete is forgotten
 * at once. Thread-safe.
 */
final class ForgetfulBackend implements MemoryBackend {

    private final NavigableMap<String, MemoryEntry> entries = new ConcurrentSkipListMap<>(KeyOrder.COMPARATOR);

    @Override
    public String type() {
        return "forgetful";
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.SEARCH, Capability.LIST);
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        entries.put(entry.key(), entry);
        return new Lookup.Found(entry);
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        MemoryEntry entry = entries.get(key);
        return entry == null ? Lookup.MISSING : new Lookup.Found(entry);
    }

    @Override
    public Hits search(SearchRequest request) {
        String query = request.query() == null ? "" : request.query().text();
        return Hits.of(
                request,
                entries.values().stream()
                        .filter(entry -> entry.value().contains(query))
                        .sorted(SearchOrder.NEWEST_FIRST)
                        .limit(request.limit())
                        .toList());
    }

    @Override
    public Page list(ListRequest request) {
        String after = request.afterKey();
        List<MemoryEntry> rest = entries.values().stream()
                .filter(entry -> after == null || KeyOrder.isBehind(after, entry))
                .toList();
        List<MemoryEntry> page = rest.stream().limit(request.limit()).toList();
        return new Page(page, page.size() < rest.size(), after == null ? (long) rest.size() : null);
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        return remove(entry -> entry.key().equals(key));
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        return remove(entry -> !entry.version().isNewerThan(version));
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return remove(entry -> entry.updatedAt() != null && entry.updatedAt().isBefore(cutoff));
    }

    private Removal remove(Predicate<MemoryEntry> which) {
        long before = entries.size();
        entries.values().removeIf(which);
        return new Removal(before - entries.size(), HlcTimestamp.NONE);
    }

    @Override
    public BackendStatus check() {
        return new BackendStatus(true, type());
    }

    @Override
    public void close() {
        // Others use it too.
    }
}
