package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Which memories have vectors, in the plainest form; the vectors themselves are for nobody. For tests. Thread-safe. */
final class InMemoryVectors implements VectorStore {

    private static final int MOST = 10_000;

    private final Supplier<InMemoryBackend> memories;
    private final Map<String, Set<Waiting>> made = new ConcurrentHashMap<>();

    InMemoryVectors(Supplier<InMemoryBackend> memories) {
        this.memories = memories;
    }

    /** Those of the store, which fails once it is closed. */
    private InMemoryBackend memories() {
        return memories.get();
    }

    @Override
    public void use(String model, Instant now) {
        memories();
        made.putIfAbsent(model, ConcurrentHashMap.newKeySet());
    }

    @Override
    public List<Waiting> waiting(String model, int most) {
        InMemoryBackend backend = memories();
        Set<Waiting> done = new HashSet<>(made.getOrDefault(model, Set.of()));
        return backend.users().stream()
                .sorted(KeyOrder.COMPARATOR)
                .flatMap(user -> backend.list(new ListRequest(user, null, MOST)).entries().stream())
                .map(InMemoryVectors::waiting)
                .filter(memory -> !done.contains(memory))
                .limit(most)
                .toList();
    }

    private static Waiting waiting(MemoryEntry entry) {
        return new Waiting(entry.userId(), 0, entry.key(), entry.value());
    }

    @Override
    public long waitingCount(String model) {
        return waiting(model, MOST).size();
    }

    @Override
    public void keep(String model, List<Vector> vectors) {
        memories();
        vectors.forEach(vector -> made.computeIfPresent(model, (name, done) -> {
            done.add(vector.of());
            return done;
        }));
    }

    @Override
    public void forget(String model) {
        memories();
        made.remove(model);
    }
}
