package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.unified.MovableClock;
import java.util.EnumSet;
import java.util.Set;

/** The contract of a store of record can be kept. */
class InMemoryStoreTest extends MemoryBackendContract implements PrimaryStoreContract {

    private final MovableClock clock = new MovableClock();

    @Override
    public MemoryBackend open() {
        return new InMemoryStore(clock);
    }

    @Override
    public PrimaryStore openBeside() {
        return ((InMemoryStore) backend).beside();
    }

    @Override
    public PrimaryStore openKeeping(HistoryOptions options) {
        return ((InMemoryStore) backend).keeping(options);
    }

    @Override
    public MovableClock clock() {
        return clock;
    }

    @Override
    public Set<Capability> expectedCapabilities() {
        return EnumSet.allOf(Capability.class);
    }
}
