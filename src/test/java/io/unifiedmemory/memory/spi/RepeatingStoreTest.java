package io.unifiedmemory.memory.spi;

/** It can be kept also by a store that runs the work of a transaction again, as after a conflict. */
class RepeatingStoreTest extends InMemoryStoreTest {

    @Override
    public MemoryBackend open() {
        return new InMemoryStore(clock(), 2);
    }
}
