package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.declared.Operation.Name;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server knows that is only searched and listed: entries of other programs, without versions. A server that does
 * not tell users apart serves the default user alone. Thread-safe.
 */
final class SourceContract implements ToolContract {

    /** With a filter, hits are left out here, so more are asked for. */
    private static final int MORE_WITH_FILTER = 4;

    private final ContractOptions contract;
    private final ItemReader reader;
    private final Walk walk = new Walk();
    private final @Nullable String defaultUser;

    SourceContract(ContractOptions contract, Tools tools, @Nullable String defaultUser) {
        this.contract = contract;
        this.defaultUser = defaultUser;
        reader = new ItemReader(new ServerCalls(contract, tools), contract.page());
    }

    @Override
    public List<MemoryEntry> search(SearchRequest request) {
        if (contract.operation(Name.SEARCH) == null) {
            throw ServerCalls.unsupported("search");
        }
        if (!serves(request.userId())) {
            return List.of();
        }
        if (request.query() == null) {
            return contract.operation(Name.LIST) == null
                    ? List.of()
                    : all(request.userId()).stream()
                            .sorted(SearchOrder.NEWEST_FIRST)
                            .toList();
        }
        Map<String, Object> variables =
                Map.of("user", request.userId(), "query", request.query().text());
        boolean filtered = !request.filter().isNone();
        return entries(reader.found(variables, request.limit() * (filtered ? MORE_WITH_FILTER : 1)), variables);
    }

    @Override
    public Page list(ListRequest request) {
        return serves(request.userId())
                ? walk.page(request, () -> all(request.userId()))
                : new Page(List.of(), false, request.afterKey() == null ? 0L : null);
    }

    private List<MemoryEntry> all(String userId) {
        Map<String, Object> variables = Map.of("user", userId);
        return entries(reader.all(variables), variables);
    }

    private boolean serves(String userId) {
        return contract.everybody() || userId.equals(defaultUser);
    }

    private List<MemoryEntry> entries(List<Item> items, Map<String, Object> variables) {
        Map<String, MemoryEntry> byKey = new LinkedHashMap<>();
        for (Item item : items) {
            Item whole = item.text() == null ? reader.whole(item, variables) : item;
            if (whole != null) {
                MemoryEntry entry = entry(String.valueOf(variables.get("user")), item, String.valueOf(whole.text()));
                byKey.putIfAbsent(entry.key(), entry);
            }
        }
        return new ArrayList<>(byKey.values());
    }

    private static MemoryEntry entry(String userId, Item item, String text) {
        Object key = item.fields().get("key");
        Map<String, Object> metadata =
                item.fields().get("metadata") instanceof Map<?, ?> map ? ToolReply.object(map) : Map.of();
        return new MemoryEntry(
                userId,
                key instanceof String given && !given.isBlank() ? given : item.id(),
                text,
                metadata,
                time(item.fields().get("created_at")),
                time(item.fields().get("updated_at")),
                HlcTimestamp.NONE);
    }

    /** A time in any form of ISO-8601 with an offset; null for anything else. */
    private static @Nullable Instant time(@Nullable Object text) {
        try {
            return text instanceof String time ? OffsetDateTime.parse(time).toInstant() : null;
        } catch (DateTimeException e) {
            return null; // a form of its own, of no use in comparisons
        }
    }

    @Override
    public BackendStatus check() {
        Map<String, Object> variables = Map.of("user", defaultUser == null ? "unified-memory" : defaultUser);
        if (contract.operation(Name.CHECK) != null) {
            reader.items(Name.CHECK, variables);
        } else if (contract.operation(Name.SEARCH) != null) {
            Map<String, Object> some = new LinkedHashMap<>(variables);
            some.put("query", "unified-memory");
            reader.found(some, 1);
        } else {
            reader.all(variables);
        }
        return new BackendStatus(true, contract.summary());
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        throw ServerCalls.unsupported("keep memories");
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        throw ServerCalls.unsupported("find a memory by its key");
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        throw ServerCalls.unsupported("delete memories");
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        throw ServerCalls.unsupported("delete memories");
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        throw ServerCalls.unsupported("delete memories");
    }
}
