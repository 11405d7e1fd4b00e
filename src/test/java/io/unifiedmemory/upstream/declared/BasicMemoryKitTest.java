package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.upstream.ContractBackend;

/** The preset over {@link FakeBasicMemory}. */
class BasicMemoryKitTest extends DeclaredContractTest {

    @Override
    String preset() {
        return "basic-memory";
    }

    @Override
    public MemoryBackend open() {
        return new ContractBackend(contract(), counted(new FakeBasicMemory()));
    }
}
