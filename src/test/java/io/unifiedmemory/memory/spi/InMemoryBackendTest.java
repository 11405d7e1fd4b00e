package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.Capability;
import java.util.EnumSet;
import java.util.Set;

/** The contract can be kept. */
class InMemoryBackendTest extends MemoryBackendContract {

    @Override
    public MemoryBackend open() {
        return new InMemoryBackend();
    }

    @Override
    public Set<Capability> expectedCapabilities() {
        return EnumSet.allOf(Capability.class);
    }
}
