package io.unifiedmemory.upstream.graph;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import io.unifiedmemory.upstream.ContractBackend;
import io.unifiedmemory.upstream.ContractType;
import java.util.Set;

class KnowledgeGraphKitTest extends MemoryBackendContract {

    @Override
    public MemoryBackend open() {
        return new ContractBackend(ContractType.KNOWLEDGE_GRAPH, new FakeGraph());
    }

    @Override
    public Set<Capability> expectedCapabilities() {
        return Set.of(Capability.KEEP, Capability.SEARCH, Capability.LIST);
    }
}
