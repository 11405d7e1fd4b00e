package io.unifiedmemory.store.postgres;

import io.unifiedmemory.harness.postgres.PgBouncer;
import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.PrimaryStoreContract;
import io.unifiedmemory.unified.MovableClock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract through PgBouncer in transaction mode, which gives every transaction another connection. */
class PgBouncerIT extends MemoryBackendContract implements PrimaryStoreContract {

    private static PgBouncer pooler;

    private final MovableClock clock = new MovableClock();
    private final TestStores stores = new TestStores(PostgresServer.shared(), clock);

    @BeforeAll
    static void start() {
        pooler = new PgBouncer(PostgresServer.shared().createDatabase());
    }

    @AfterAll
    static void stop() {
        pooler.close();
    }

    @Override
    public MemoryBackend open() {
        return openBeside();
    }

    @Override
    public PrimaryStore openBeside() {
        return stores.open(stores.through(pooler.port(), "", Duration.ofSeconds(10)));
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
        stores.drop();
    }
}
