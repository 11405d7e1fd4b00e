package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import io.unifiedmemory.upstream.peer.FakeUnified;

class UnifiedKitTest extends MemoryBackendContract {

    @Override
    protected MemoryBackend open() {
        return new ContractBackend(ContractType.UNIFIED, new FakeUnified());
    }
}
