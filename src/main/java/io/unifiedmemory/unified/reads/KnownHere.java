package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.SimilarMemory;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the store of record says by itself, without a word from any other backend: for hints, completions and watching,
 * which have to be quick and may be incomplete. Empty where the store of record keeps no memories. Thread-safe; every
 * method throws a {@link BackendException} when the store fails.
 */
public final class KnownHere {

    private static final Logger LOG = LoggerFactory.getLogger(KnownHere.class);

    private static final int MOST_SIMILAR = 3;

    /** Look-ups of similar memories in a row, and a second from then on: whoever stores more is not asked about each. */
    private static final int SIMILAR_AT_ONCE = 10;

    private static final int SIMILAR_PER_SECOND = 2;

    /** Expired memories that are passed over at once, and their characters. */
    private static final int EXPIRED_AT_ONCE = 100;

    private static final int MOST_CHARS = 1 << 20;

    private final Backends backends;
    private final Duration forSimilar;
    /** The latest look-up of similar memories: one at a time, however slow the store is. */
    private volatile @Nullable Future<List<SimilarMemory>> latest;

    private final Allowance allowance = new Allowance(SIMILAR_AT_ONCE, SIMILAR_PER_SECOND, System::nanoTime);

    /** @param forSimilar how long may be looked for similar memories; zero for not at all */
    public KnownHere(Backends backends, Duration forSimilar) {
        this.backends = backends;
        this.forSimilar = forSimilar;
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

    /** Whether a user has a memory that has not expired. */
    public boolean holdsAny(String userId) {
        @Nullable String after = null;
        int limit = 1; // mostly the first one will do
        do {
            ListRequest request = new ListRequest(userId, after, limit, MOST_CHARS);
            Optional<Page> page = ask(backend -> backend.list(request));
            if (page.map(Page::entries).orElse(List.of()).stream().anyMatch(this::isCurrent)) {
                return true;
            }
            after = page.map(Page::end).orElse(null);
            limit = EXPIRED_AT_ONCE;
        } while (after != null);
        return false;
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
     * Begins to look for memories under other keys with nearly the same text, beside what the caller does meanwhile.
     * Never throws, and neither does whoever takes the answer: it is empty where there are none, where the time was
     * short, and where many memories are looked at one after the other, as when they are copied here.
     */
    public Supplier<List<SimilarMemory>> similar(MemoryEntry memory) {
        Future<List<SimilarMemory>> earlier = latest;
        if (forSimilar.isZero() || (earlier != null && !earlier.isDone()) || !allowance.take()) {
            return List::of;
        }
        BackendHandle store = backends.keeping().orElse(null);
        if (store == null || !store.isAdmitting()) {
            return List::of;
        }
        long end = System.nanoTime() + forSimilar.toNanos();
        Future<List<SimilarMemory>> begun =
                backends.fanOut().begin(() -> backends.store().similar(memory, MOST_SIMILAR, forSimilar));
        latest = begun;
        return () -> answer(begun, end).stream()
                .filter(one -> isCurrent(one.entry()))
                .toList();
    }

    private static List<SimilarMemory> answer(Future<List<SimilarMemory>> begun, long end) {
        try {
            return begun.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("no similar memories can be named: {}", e.toString());
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
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
