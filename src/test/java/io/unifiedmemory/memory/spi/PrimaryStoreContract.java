package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import org.junit.jupiter.api.Test;

/**
 * The text of {@link PrimaryStore} in executable form, beside that of a backend: a store of record extends
 * {@link MemoryBackendContract} and implements this. The tests are in the parts, one for each side of the interface.
 */
public interface PrimaryStoreContract
        extends CommitContract,
                RetrieveAllContract,
                OweContract,
                OutboxContract,
                PendingWritesContract,
                OutboxAdminContract,
                LeasesContract,
                RecordsContract,
                ChronicleContract,
                HistoryContract,
                SimilarContract,
                SharedDatabaseContract {

    @Test
    default void afterCloseNothingOfTheStoreWorks() {
        store("key", "value");
        PrimaryStore store = primary();

        store.close();

        for (PrimaryStoreCall call : PrimaryStoreCall.ofEveryMethod(user(), this::tick)) {
            assertFails(BackendException.Kind.UNAVAILABLE, () -> call.on(store));
        }
    }
}
