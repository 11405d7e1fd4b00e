package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.MemoryBackend;
import io.unifiedmemory.memory.MemoryBackendContract;

class KnowledgeGraphKitTest extends MemoryBackendContract {

    @Override
    protected MemoryBackend open() {
        return new ContractBackend(ContractType.KNOWLEDGE_GRAPH, new FakeGraph());
    }
}
