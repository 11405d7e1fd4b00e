package io.unifiedmemory.unified.clock;

import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.MemoryBackend;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A backend whose answers are shown to the clock before anybody else sees them: a write that follows a read is then
 * newer than what was read. Thread-safe.
 */
public final class ObservedBackend implements MemoryBackend {

    private final MemoryBackend backend;
    private final HybridLogicalClock versions;

    public ObservedBackend(MemoryBackend backend, HybridLogicalClock versions) {
        this.backend = backend;
        this.versions = versions;
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return observed(entry.userId(), entry.key(), backend.store(entry));
    }

    @Override
    public List<Lookup> storeAll(List<MemoryEntry> entries) {
        List<Lookup> answers = backend.storeAll(entries);
        for (int i = 0; i < Math.min(entries.size(), answers.size()); i++) {
            observed(entries.get(i).userId(), entries.get(i).key(), answers.get(i));
        }
        return answers;
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        return observed(userId, key, backend.retrieve(userId, key));
    }

    @Override
    public Hits search(SearchRequest request) {
        Hits hits = backend.search(request);
        observe(hits.entries());
        return hits;
    }

    @Override
    public Page list(ListRequest request) {
        Page page = backend.list(request);
        observe(page.entries());
        return page;
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        return observed(userId, key, backend.delete(userId, key, version));
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        return observed(backend.deleteAll(userId, version));
    }

    @Override
    public Removal forget(String userId, String key, HlcTimestamp version) {
        return observed(userId, key, backend.forget(userId, key, version));
    }

    @Override
    public Removal forgetAll(String userId, HlcTimestamp version) {
        return observed(backend.forgetAll(userId, version));
    }

    @Override
    public Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
        return observed(userId, key, backend.erase(userId, key, version, forgets));
    }

    @Override
    public Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
        return observed(backend.eraseAll(userId, version, forgets));
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return observed(backend.expire(userId, cutoff, version));
    }

    private Lookup observed(String userId, String key, Lookup lookup) {
        if (lookup instanceof Lookup.Found found) {
            versions.observe(userId, key, found.entry().version());
        } else if (lookup instanceof Lookup.Deleted deleted) {
            versions.observe(userId, key, deleted.version());
        }
        return lookup;
    }

    private Removal observed(String userId, String key, Removal removal) {
        versions.observe(userId, key, removal.survivor());
        return removal;
    }

    private Removal observed(Removal removal) {
        versions.observe(removal.survivor());
        return removal;
    }

    private void observe(Collection<MemoryEntry> entries) {
        entries.forEach(entry -> versions.observe(entry.userId(), entry.key(), entry.version()));
    }

    @Override
    public String type() {
        return backend.type();
    }

    @Override
    public Set<Capability> capabilities() {
        return backend.capabilities();
    }

    @Override
    public boolean knowsCapabilities() {
        return backend.knowsCapabilities();
    }

    @Override
    public int storesAtOnce() {
        return backend.storesAtOnce();
    }

    @Override
    public @Nullable Instant unharmedSince() {
        return backend.unharmedSince();
    }

    @Override
    public @Nullable String starting() {
        return backend.starting();
    }

    @Override
    public BackendStatus check() {
        return backend.check();
    }

    @Override
    public void close() {
        backend.close();
    }
}
