package io.unifiedmemory.store.postgres;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.VectorStoreContract;
import io.unifiedmemory.search.meaning.QueryVectors;
import org.junit.jupiter.api.AfterEach;

/** The contract, on a real PostgreSQL. */
class PostgresVectorsTest extends VectorStoreContract {

    private final TestStores stores = new TestStores(PostgresServer.shared(), null);

    @Override
    protected PrimaryStore open(QueryVectors queries) {
        return stores.open(queries);
    }

    @Override
    protected long kept() {
        return stores.database().count("SELECT count(*) FROM unified_memory.memory_vector WHERE vector IS NOT NULL");
    }

    @AfterEach
    void drop() {
        store.close();
        stores.drop();
    }
}
