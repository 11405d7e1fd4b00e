package io.unifiedmemory.memory.spi;

/** The contract can be kept. */
class InMemoryBackendTest extends MemoryBackendContract {

    @Override
    protected MemoryBackend open() {
        return new InMemoryBackend();
    }
}
