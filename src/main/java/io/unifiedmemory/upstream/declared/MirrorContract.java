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
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.declared.Operation.Name;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Memories in a server that keeps exact copies, as a contract declares. Only a read confirms: whatever a server answers to
 * a write, the write counts once the copy is found as it was stored, and a delete once no copy is found. What other
 * programs keep there is not seen. Thread-safe.
 */
final class MirrorContract implements ToolContract {

    /** With a filter, hits are left out here, so more are asked for. */
    private static final int MORE_WITH_FILTER = 4;

    /**
     * A memory of nobody, which every instance of this server finds: it was stored when the server was empty, as far as we
     * are concerned.
     */
    private static final Address CANARY = new Address("unified-memory", "canary");

    private static final String CANARY_TEXT =
            "unified-memory keeps this entry to notice when the data here are lost. Please leave it in place.";

    private final ContractOptions contract;
    private final ItemReader reader;
    private final CopyWriter writer;
    private final Walk walk = new Walk();
    private final Clock clock;

    MirrorContract(ContractOptions contract, Tools tools, Duration patience, Clock clock) {
        this.contract = contract;
        this.clock = clock;
        ServerCalls calls = new ServerCalls(contract, tools);
        reader = new ItemReader(calls, contract.page());
        writer = new CopyWriter(contract, calls, reader, patience);
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        walk.forget();
        try {
            return writer.store(entry);
        } finally {
            walk.forget();
        }
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        Copy newest = writer.copies(new Address(userId, key)).newest();
        return newest == null ? Lookup.MISSING : new Lookup.Found(newest.entry());
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        walk.forget();
        try {
            return writer.delete(new Address(userId, key), version);
        } finally {
            walk.forget();
        }
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        return remove(userId, entry -> true, version, entry -> version);
    }

    /** Each memory is deleted in the version that it has, so that what was written meanwhile stays. */
    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        Predicate<MemoryEntry> old =
                entry -> entry.updatedAt() != null && entry.updatedAt().isBefore(cutoff);
        return remove(userId, old, version, MemoryEntry::version);
    }

    private Removal remove(
            String userId,
            Predicate<MemoryEntry> meant,
            HlcTimestamp version,
            Function<MemoryEntry, HlcTimestamp> upTo) {
        long count = 0;
        HlcTimestamp survivor = HlcTimestamp.NONE;
        for (MemoryEntry entry : all(userId)) {
            if (!meant.test(entry)) {
                continue;
            }
            Removal removal = entry.version().isNewerThan(version)
                    ? new Removal(0, entry.version())
                    : delete(userId, entry.key(), upTo.apply(entry));
            count += removal.count();
            if (removal.survivor().isNewerThan(version) && removal.survivor().isNewerThan(survivor)) {
                survivor = removal.survivor();
            }
        }
        return new Removal(count, survivor);
    }

    @Override
    public Page list(ListRequest request) {
        return walk.page(request, () -> all(request.userId()));
    }

    /** The newest intact copy of each memory of a user. */
    private Collection<MemoryEntry> all(String userId) {
        Map<String, Object> variables = Map.of("user", userId);
        Map<String, MemoryEntry> byKey = new LinkedHashMap<>();
        for (Item item : reader.all(variables)) {
            Item whole = item.text() == null ? reader.whole(item, variables) : item;
            take(writer.copy(whole), userId, byKey);
        }
        return byKey.values();
    }

    private static void take(@Nullable Copy copy, String userId, Map<String, MemoryEntry> byKey) {
        if (copy != null && copy.intact() && copy.entry().userId().equals(userId)) {
            byKey.merge(copy.entry().key(), copy.entry(), (held, next) -> WriteOrder.isNewer(next, held) ? next : held);
        }
    }

    /** What the server finds, in its own way: it promises less than the store of record. */
    @Override
    public List<MemoryEntry> search(SearchRequest request) {
        if (contract.operation(Name.SEARCH) == null) {
            throw ServerCalls.unsupported("search");
        }
        Map<String, MemoryEntry> found = new LinkedHashMap<>();
        if (request.query() == null) {
            all(request.userId()).forEach(entry -> found.put(entry.key(), entry));
        } else {
            boolean filtered = !request.filter().isNone();
            Map<String, Object> variables =
                    Map.of("user", request.userId(), "query", request.query().text());
            for (Item item : reader.found(variables, request.limit() * (filtered ? MORE_WITH_FILTER : 1))) {
                Copy copy = writer.copy(item);
                // What a search shows may be cut.
                take(copy == null ? writer.copy(reader.whole(item, variables)) : copy, request.userId(), found);
            }
        }
        boolean newestFirst = request.query() == null || request.order() == SearchOrder.RECENCY;
        return newestFirst
                ? found.values().stream().sorted(SearchOrder.NEWEST_FIRST).toList()
                : List.copyOf(found.values());
    }

    /** When the canary was stored; stored now if it is not there. */
    @Override
    public Instant unharmedSince() {
        Copy canary = writer.copies(CANARY).newest();
        Instant since = canary == null ? null : canary.entry().createdAt();
        if (since != null) {
            return since;
        }
        Instant now = clock.instant();
        store(new MemoryEntry(
                CANARY.userId(),
                CANARY.key(),
                CANARY_TEXT,
                Map.of(),
                now,
                now,
                HlcTimestamp.atMillis(now.toEpochMilli())));
        return now;
    }

    @Override
    public BackendStatus check() {
        if (contract.operation(Name.CHECK) == null) {
            writer.copies(CANARY);
        } else {
            reader.items(Name.CHECK, CANARY.variables());
        }
        return new BackendStatus(true, contract.summary());
    }
}
