package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place that keeps memories. The abstract test {@code MemoryBackendContract} is this text in executable form.
 *
 * <ul>
 *   <li>Every method blocks, may be called from many threads at once, and stops promptly when its thread is
 *       interrupted (by throwing, with the thread's interrupt status set).
 *   <li>Every write may be repeated safely. The next call sees what a method acknowledged.
 *   <li>Absence is a result. Every failure is a {@link BackendException}; a method whose {@link Capability} is not
 *       declared throws one of kind {@code UNSUPPORTED}.
 *   <li>No call ever returns or changes another user's memories.
 *   <li>Priority, timeouts, retries, failover and clocks are the caller's work. All I/O is lazy: constructing a backend
 *       does no I/O, so a dead one cannot stop a start.
 * </ul>
 */
public interface MemoryBackend extends MemoryWriter, AutoCloseable {

    /** The kind of this place, for people: {@code sqlite}, {@code knowledge-graph}, ... Does no I/O. */
    String type();

    /**
     * The abilities of this backend. Does no I/O: an ability that shows only once the backend is connected is declared
     * from then on. A backend whose kind is not known before it is connected declares what to expect of it; if it turns
     * out to be of a kind that can do less, the rest is refused as unsupported.
     */
    Set<Capability> capabilities();

    /** Whether the capabilities are known; before a server was connected for the first time they may be a guess. */
    default boolean knowsCapabilities() {
        return true;
    }

    /**
     * Stores several memories of different keys, each as {@link #store} does. When the call fails, some of them may be
     * stored.
     *
     * @return what {@link #store} would have returned for each, in the same order
     */
    default List<Lookup> storeAll(List<MemoryEntry> entries) {
        return entries.stream().map(this::store).toList();
    }

    /** The preferred number of memories for {@link #storeAll}; 1 if batching brings nothing. Does no I/O. */
    default int storesAtOnce() {
        return 1;
    }

    /**
     * The memories that match the query and that the filter accepts, in the order that was asked for. An entry whose
     * key or value contains the whole query, ignoring case, always matches, and by {@link SearchOrder#RELEVANCE} comes
     * before every entry that does not contain it. Without a query every memory matches, {@link
     * SearchOrder#NEWEST_FIRST}. The limit applies after the filter.
     */
    Hits search(SearchRequest request);

    /** A page of all memories of the user, ordered by key. The page may end early. */
    Page list(ListRequest request);

    /**
     * Since when nothing that was kept here has been lost, according to what is kept here itself: a later time than at
     * the last look means that the data are gone, whatever the backend acknowledged before. Null where the backend cannot
     * tell, which is as good as that nothing was lost.
     */
    default @Nullable Instant unharmedSince() {
        return null;
    }

    /** Whether the backend works; connects if need be. Never throws; takes as long as the backend takes. */
    BackendStatus check();

    /**
     * Says what the backend is doing while it cannot take a call yet, in words that follow its name; null otherwise.
     */
    default @Nullable String starting() {
        return null;
    }

    /**
     * Closes files, connections and processes. A second call does nothing; later calls of other methods fail as
     * unavailable.
     */
    @Override
    void close();
}
