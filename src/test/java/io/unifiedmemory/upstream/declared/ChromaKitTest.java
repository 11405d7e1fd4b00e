package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.upstream.ContractBackend;

/** The preset over {@link FakeChroma}. */
class ChromaKitTest extends DeclaredContractTest {

    @Override
    String preset() {
        return "chroma";
    }

    @Override
    public MemoryBackend open() {
        return new ContractBackend(contract(), counted(new FakeChroma()));
    }
}
