package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.MemoryBackend;
import io.unifiedmemory.memory.MemoryBackendContract;

class UnifiedKitTest extends MemoryBackendContract {

    @Override
    protected MemoryBackend open() {
        return new ContractBackend(ContractType.UNIFIED, new FakeUnified());
    }
}
