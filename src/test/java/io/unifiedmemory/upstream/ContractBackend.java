package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.BackendException;
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
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.declared.ContractOptions;
import io.unifiedmemory.upstream.declared.DeclaredContracts;
import io.unifiedmemory.upstream.graph.KnowledgeGraphContract;
import io.unifiedmemory.upstream.peer.UnifiedContract;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A contract over fake tools as a backend, without any connection: so that it can run the whole kit in a moment. */
public final class ContractBackend implements MemoryBackend {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ContractKind type;
    private final CheckedContract contract;
    private volatile boolean closed;

    /** A declared contract. */
    public ContractBackend(ContractOptions declared, Tools tools) {
        this.type = new DeclaredKind(declared);
        this.contract = new CheckedContract(
                DeclaredContracts.open(declared, tools, null, PATIENCE, Clock.systemUTC()), Clock.systemUTC());
    }

    public ContractBackend(ContractType type, Tools tools) {
        this.type = type;
        ToolContract spoken = type == ContractType.UNIFIED
                ? new UnifiedContract(tools, () -> null)
                : new KnowledgeGraphContract(tools, null, PATIENCE);
        this.contract = new CheckedContract(spoken, Clock.systemUTC());
    }

    @Override
    public String type() {
        return type.text();
    }

    @Override
    public Set<Capability> capabilities() {
        return type.capabilities();
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return open().store(entry);
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        return open().retrieve(userId, key);
    }

    @Override
    public Hits search(SearchRequest request) {
        return open().search(request);
    }

    @Override
    public Page list(ListRequest request) {
        return open().list(request);
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        return open().delete(userId, key, version);
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        return open().deleteAll(userId, version);
    }

    @Override
    public Removal forget(String userId, String key, HlcTimestamp version) {
        return open().forget(userId, key, version);
    }

    @Override
    public Removal forgetAll(String userId, HlcTimestamp version) {
        return open().forgetAll(userId, version);
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return open().expire(userId, cutoff, version);
    }

    @Override
    public @Nullable Instant unharmedSince() {
        return open().unharmedSince();
    }

    @Override
    public BackendStatus check() {
        return closed ? new BackendStatus(false, "closed") : contract.check();
    }

    @Override
    public void close() {
        closed = true;
    }

    private CheckedContract open() {
        if (closed) {
            throw new BackendException(BackendException.Kind.UNAVAILABLE, "closed", "");
        }
        return contract;
    }
}
