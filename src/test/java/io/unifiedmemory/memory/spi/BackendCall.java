package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call of one method of a backend.
 *
 * @param name the method's
 * @param needs what a backend has to declare for this call, null for a call that each can answer
 */
record BackendCall(String name, @Nullable Capability needs, Function<MemoryBackend, Object> body) {

    /**
     * At least one call of each method that may block and fail. {@code BackendCallTest} compares them with the
     * interface.
     *
     * @param clock gives a newer version each time
     */
    static List<BackendCall> ofEveryMethod(String user, Supplier<HlcTimestamp> clock) {
        return List.of(
                each("store", backend -> backend.store(entry(user, "key", clock.get()))),
                each(
                        "storeAll",
                        backend -> backend.storeAll(
                                List.of(entry(user, "one", clock.get()), entry(user, "two", clock.get())))),
                each("retrieve", backend -> backend.retrieve(user, "key")),
                searching("search", backend -> backend.search(new SearchRequest(user, Query.of("query"), 1))),
                searching("search without a query", backend -> backend.search(new SearchRequest(user, null, 1))),
                listing("list", backend -> backend.list(new ListRequest(user, null, 1))),
                each("delete", backend -> backend.delete(user, "key", clock.get())),
                listing("deleteAll", backend -> backend.deleteAll(user, clock.get())),
                each("forget", backend -> backend.forget(user, "key", clock.get())),
                listing("forgetAll", backend -> backend.forgetAll(user, clock.get())),
                each("erase", backend -> backend.erase(user, "key", clock.get(), false)),
                listing("eraseAll", backend -> backend.eraseAll(user, clock.get(), true)),
                listing("expire", backend -> backend.expire(user, Instant.EPOCH, clock.get())));
    }

    Object on(MemoryBackend backend) {
        return body.apply(backend);
    }

    private static BackendCall each(String name, Function<MemoryBackend, Object> body) {
        return new BackendCall(name, Capability.KEEP, body);
    }

    private static BackendCall listing(String name, Function<MemoryBackend, Object> body) {
        return new BackendCall(name, Capability.LIST, body);
    }

    private static BackendCall searching(String name, Function<MemoryBackend, Object> body) {
        return new BackendCall(name, Capability.SEARCH, body);
    }

    private static MemoryEntry entry(String user, String key, HlcTimestamp version) {
        Instant now = Instant.ofEpochMilli(version.millis());
        return new MemoryEntry(user, key, "value", Map.of(), now, now, version);
    }
}
