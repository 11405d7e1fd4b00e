package io.unifiedmemory.upstream.contract;

import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.MemoryBackend;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The way one kind of server keeps memories: which of its tools are called with what, and how their answers are read.
 * One instance per connection. Thread-safe; the methods promise what those of {@link MemoryBackend} promise.
 */
public interface ToolContract {

    Lookup store(MemoryEntry entry);

    default List<Lookup> storeAll(List<MemoryEntry> entries) {
        return entries.stream().map(this::store).toList();
    }

    /** As {@link MemoryBackend#storesAtOnce}, of the connected server. */
    default int storesAtOnce() {
        return 1;
    }

    Lookup retrieve(String userId, String key);

    List<MemoryEntry> search(SearchRequest request);

    Page list(ListRequest request);

    Removal delete(String userId, String key, HlcTimestamp version);

    Removal deleteAll(String userId, HlcTimestamp version);

    /** As {@link MemoryBackend#forget}. */
    default Removal forget(String userId, String key, HlcTimestamp version) {
        return delete(userId, key, version);
    }

    /** As {@link MemoryBackend#forgetAll}. */
    default Removal forgetAll(String userId, HlcTimestamp version) {
        return deleteAll(userId, version);
    }

    /** As {@link MemoryBackend#erase}. */
    default Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
        return forgets ? forget(userId, key, version) : delete(userId, key, version);
    }

    /** As {@link MemoryBackend#eraseAll}. */
    default Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
        return forgets ? forgetAll(userId, version) : deleteAll(userId, version);
    }

    Removal expire(String userId, Instant cutoff, HlcTimestamp version);

    /** As {@link MemoryBackend#unharmedSince}. */
    default @Nullable Instant unharmedSince() {
        return null;
    }

    /** Makes a cheap call that reads the server's data; throws when it fails. */
    BackendStatus check();

    /**
     * The tools that a contract needs with the arguments that they must know, those of objects in a list after a dot;
     * each written as {@code tool argument argument ...}.
     */
    static Map<String, Set<String>> signature(String... tools) {
        return Stream.of(tools)
                .map(tool -> List.of(tool.split(" ", -1)))
                .collect(Collectors.toUnmodifiableMap(
                        words -> words.get(0), words -> Set.copyOf(words.subList(1, words.size()))));
    }
}
