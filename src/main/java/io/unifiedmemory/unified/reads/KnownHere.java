package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.unified.calls.Backends;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the store of record says by itself, without a word from any other backend: for hints, completions and watching,
 * which have to be quick and may be incomplete. Empty where the store of record keeps no memories. Thread-safe; every
 * method throws a {@link BackendException} when the store fails.
 */
public final class KnownHere {

    private final Backends backends;

    public KnownHere(Backends backends) {
        this.backends = backends;
    }

    /** The memory under one key; null when there is none. */
    public @Nullable MemoryEntry find(String userId, String key) {
        return ask(backend -> backend.retrieve(userId, key))
                .map(lookup -> lookup instanceof Lookup.Found found && isCurrent(found.entry()) ? found.entry() : null)
                .orElse(null);
    }

    /** The first memories behind a key, in the order of the keys; fewer than asked for when they are long or expired. */
    public List<MemoryEntry> list(ListRequest request) {
        return current(ask(backend -> backend.list(request).entries()));
    }

    /** The hits of a search, best first. */
    public List<MemoryEntry> search(SearchRequest request) {
        return current(ask(backend -> backend.search(request).entries()));
    }

    private List<MemoryEntry> current(Optional<List<MemoryEntry>> entries) {
        return entries.orElse(List.of()).stream().filter(this::isCurrent).toList();
    }

    /** An expired memory is hidden from everybody until it is deleted. */
    private boolean isCurrent(MemoryEntry entry) {
        return !entry.isExpired(backends.clock());
    }

    /**
     * The users who have a memory or a remembered delete, in the order of their ids.
     *
     * @param after only users behind this one; null from the start
     */
    public List<String> users(@Nullable String after, int limit) {
        return backends.keeping().isPresent() ? backends.store().users().users(after, limit) : List.of();
    }

    private <T> Optional<T> ask(Function<MemoryBackend, T> question) {
        return backends.keeping()
                .map(handle -> handle.isInProcess()
                        ? handle.call(question, handle.deadline())
                        : backends.ask(handle, question));
    }
}
