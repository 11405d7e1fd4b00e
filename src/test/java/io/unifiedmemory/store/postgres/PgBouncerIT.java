package io.unifiedmemory.store.postgres;

import io.unifiedmemory.harness.postgres.PgBouncer;
import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.spi.PrimaryStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract through PgBouncer in transaction mode, which gives every transaction another connection. */
class PgBouncerIT extends PostgresStoreTest {

    private static PgBouncer pooler;

    @BeforeAll
    static void start() {
        pooler = new PgBouncer(PostgresServer.shared().createDatabase());
    }

    @AfterAll
    static void stop() {
        pooler.close();
    }

    @Override
    public PrimaryStore openBeside() {
        return stores.open(stores.through(pooler.port(), "", Duration.ofSeconds(10)));
    }
}
