package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import io.unifiedmemory.upstream.peer.FakeUnified;
import java.util.EnumSet;
import java.util.Set;

class UnifiedKitTest extends MemoryBackendContract {

    @Override
    public MemoryBackend open() {
        return new ContractBackend(ContractType.UNIFIED, new FakeUnified());
    }

    @Override
    public Set<Capability> expectedCapabilities() {
        return EnumSet.allOf(Capability.class);
    }
}
