package io.unifiedmemory.retrieval;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.store.postgres.TestStores;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The forms of search, on a real PostgreSQL. */
class PostgresSearchFormsTest extends SearchFormsContract {

    private static TestStores stores;

    @BeforeAll
    static void create() {
        stores = new TestStores(PostgresServer.shared(), null);
    }

    @AfterAll
    static void drop() {
        stores.drop();
    }

    @Override
    PrimaryStore open() {
        return stores.open();
    }
}
