package io.unifiedmemory.store.postgres;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.PrimaryStoreContract;
import io.unifiedmemory.unified.MovableClock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/** The contract, on a real PostgreSQL. */
class PostgresStoreTest extends MemoryBackendContract implements PrimaryStoreContract {

    private final MovableClock clock = new MovableClock();
    private final List<PrimaryStore> keeping = new ArrayList<>();
    final TestStores stores = new TestStores(PostgresServer.shared(), clock);

    @Override
    public MemoryBackend open() {
        return openBeside();
    }

    @Override
    public PrimaryStore openBeside() {
        return stores.open();
    }

    @Override
    public PrimaryStore openKeeping(HistoryOptions options) {
        keeping.add(stores.open(stores.options().with(options)));
        return keeping.get(keeping.size() - 1);
    }

    @Override
    public MovableClock clock() {
        return clock;
    }

    @Override
    public Set<Capability> expectedCapabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @AfterEach
    void drop() {
        backend.close();
        keeping.forEach(PrimaryStore::close);
        stores.drop();
    }
}
