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
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place that keeps memories. The abstract test {@code MemoryBackendContract} is this text in executable form.
 *
 * <ul>
 *   <li>Every method blocks, may be called from many threads at once, and stops promptly when its thread is
 *       interrupted (by throwing, with the thread's interrupt status set).
 *   <li>Every write may be repeated safely. What a method acknowledged is there for the next call.
 *   <li>Absence is a result. Every failure is a {@link BackendException}; a method whose {@link Capability} is not
 *       declared throws one of kind {@code UNSUPPORTED}.
 *   <li>Nothing ever crosses users.
 *   <li>Priority, timeouts, retries, failover and clocks are the caller's work. All I/O is lazy: constructing a backend
 *       touches nothing, so a dead one cannot stop a start.
 * </ul>
 */
public interface MemoryBackend extends MemoryWriter, AutoCloseable {

    /** What kind of place this is, for people: {@code sqlite}, {@code knowledge-graph}, ... Does no I/O. */
    String type();

    /**
     * What this backend can do. Does no I/O: what shows only when it is connected is claimed from then on, and nothing that
     * is claimed is taken back.
     */
    Set<Capability> capabilities();

    /**
     * Stores several memories of different keys, each as {@link #store} does. When it fails, some may be stored.
     *
     * @return what {@link #store} would have said of each, in the same order
     */
    default List<Lookup> storeAll(List<MemoryEntry> entries) {
        return entries.stream().map(this::store).toList();
    }

    /** With how many memories {@link #storeAll} is faster than as many stores, 1 where it is not. Does no I/O. */
    default int storesAtOnce() {
        return 1;
    }

    /**
     * What matches the query, among the memories that the filter accepts, in the order that was asked for. An entry
     * whose key or value contains the whole query, ignoring case, always matches, and by
     * {@link SearchOrder#RELEVANCE} comes before every entry that does not contain it. Without a query everything
     * matches, {@link SearchOrder#NEWEST_FIRST}. The limit counts what passed the filter.
     */
    Hits search(SearchRequest request);

    /** A page of everything the user has, by key; it may end early. */
    Page list(ListRequest request);

    /** Whether the backend works, connecting if need be. Never throws; takes as long as the backend does. */
    BackendStatus check();

    /** What it is doing, in words behind its name, while it cannot take a call yet; null otherwise. */
    default @Nullable String starting() {
        return null;
    }

    /** Lets go of files, connections and processes; a second call does nothing. Later calls fail as unavailable. */
    @Override
    void close();
}
