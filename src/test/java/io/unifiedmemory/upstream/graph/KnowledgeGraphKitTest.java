package io.unifiedmemory.upstream.graph;

import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import io.unifiedmemory.upstream.ContractBackend;
import io.unifiedmemory.upstream.ContractType;

class KnowledgeGraphKitTest extends MemoryBackendContract {

    @Override
    protected MemoryBackend open() {
        return new ContractBackend(ContractType.KNOWLEDGE_GRAPH, new FakeGraph());
    }
}
