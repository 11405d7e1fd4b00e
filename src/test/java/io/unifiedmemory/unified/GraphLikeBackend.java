package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
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
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.MemoryBackend;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One user's memories in a place that forgets deletes and to which other programs write too, as a knowledge graph does.
 * Not thread-safe beyond one call at a time.
 */
public final class GraphLikeBackend implements MemoryBackend {

    /** What we wrote, and what other programs did. */
    public final Map<String, MemoryEntry> ours = new TreeMap<>(KeyOrder.COMPARATOR);

    final Map<String, MemoryEntry> foreign = new TreeMap<>(KeyOrder.COMPARATOR);

    Set<Capability> capabilities = EnumSet.of(Capability.KEEP, Capability.SEARCH, Capability.LIST);

    /** Whether it was connected, so that its capabilities are known; before, it is taken for a knowledge graph. */
    boolean connected = true;

    /** Since when it has kept its data; null for a backend that does not know. */
    @Nullable
    Instant unharmedSince;

    @Override
    public @Nullable Instant unharmedSince() {
        return unharmedSince;
    }

    @Override
    public String type() {
        return "like a graph";
    }

    @Override
    public Set<Capability> capabilities() {
        return connected ? capabilities : EnumSet.of(Capability.KEEP, Capability.SEARCH, Capability.LIST);
    }

    @Override
    public boolean knowsCapabilities() {
        return connected;
    }

    @Override
    public synchronized Lookup store(MemoryEntry entry) {
        MemoryEntry held = ours.get(entry.key());
        if (held != null && !WriteOrder.isNewer(entry, held)) {
            return new Lookup.Found(held);
        }
        ours.put(entry.key(), entry);
        return new Lookup.Found(entry);
    }

    /** Writes as another program does. */
    synchronized void write(String userId, String key, String value) {
        foreign.put(key, new MemoryEntry(userId, key, value, Map.of(), null, null, HlcTimestamp.NONE));
    }

    @Override
    public synchronized Lookup retrieve(String userId, String key) {
        MemoryEntry entry = visible().get(key);
        return entry == null ? Lookup.MISSING : new Lookup.Found(entry);
    }

    private Map<String, MemoryEntry> visible() {
        Map<String, MemoryEntry> visible = new TreeMap<>(KeyOrder.COMPARATOR);
        visible.putAll(foreign);
        visible.putAll(ours);
        return visible;
    }

    @Override
    public synchronized Hits search(SearchRequest request) {
        return Hits.of(
                request,
                visible().values().stream()
                        .filter(entry -> request.query() == null
                                || entry.value().contains(request.query().text()))
                        .sorted(SearchOrder.NEWEST_FIRST)
                        .limit(request.limit())
                        .toList());
    }

    @Override
    public synchronized Page list(ListRequest request) {
        requireListing();
        List<MemoryEntry> rest = visible().values().stream()
                .filter(entry -> request.afterKey() == null || KeyOrder.isBehind(request.afterKey(), entry))
                .toList();
        List<MemoryEntry> page = rest.stream().limit(request.limit()).toList();
        return new Page(
                page,
                page.size() < rest.size(),
                request.afterKey() == null ? (long) visible().size() : null);
    }

    @Override
    public synchronized Removal delete(String userId, String key, HlcTimestamp version) {
        return remove(entry -> entry.key().equals(key), version, List.of());
    }

    @Override
    public synchronized Removal deleteAll(String userId, HlcTimestamp version) {
        requireListing();
        return remove(entry -> true, version, List.of());
    }

    @Override
    public synchronized Removal forget(String userId, String key, HlcTimestamp version) {
        return remove(entry -> entry.key().equals(key), version, List.of(key));
    }

    @Override
    public synchronized Removal forgetAll(String userId, HlcTimestamp version) {
        requireListing();
        return remove(entry -> true, version, List.copyOf(foreign.keySet()));
    }

    @Override
    public synchronized Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        requireListing();
        return remove(entry -> entry.updatedAt() != null && entry.updatedAt().isBefore(cutoff), version, List.of());
    }

    /** Called by what connects it: whatever was expected of it, now it shows what it can. */
    private void requireListing() {
        connected = true;
        if (!capabilities.contains(Capability.LIST)) {
            throw new BackendException(BackendException.Kind.UNSUPPORTED, "it lists nothing", "");
        }
    }

    private Removal remove(Predicate<MemoryEntry> named, HlcTimestamp version, Collection<String> names) {
        int before = ours.size() + foreign.size();
        ours.values().removeIf(entry -> named.test(entry) && !entry.version().isNewerThan(version));
        names.forEach(foreign::remove);
        HlcTimestamp survivor = ours.values().stream()
                .filter(named)
                .map(MemoryEntry::version)
                .filter(held -> held.isNewerThan(version))
                .max(HlcTimestamp::compareTo)
                .orElse(HlcTimestamp.NONE);
        return new Removal(before - ours.size() - foreign.size(), survivor);
    }

    @Override
    public BackendStatus check() {
        return new BackendStatus(true, "in memory");
    }

    @Override
    public void close() {
        // nothing to let go of
    }
}
