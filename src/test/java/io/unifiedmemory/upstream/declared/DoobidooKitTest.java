package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.upstream.ContractBackend;

/** The preset over {@link FakeDoobidoo}. */
class DoobidooKitTest extends DeclaredContractTest {

    @Override
    String preset() {
        return "doobidoo";
    }

    @Override
    public MemoryBackend open() {
        return new ContractBackend(contract(), counted(new FakeDoobidoo()));
    }
}
