package io.unifiedmemory.store.postgres;

import org.junit.jupiter.api.BeforeEach;

/**
 * The contract where every transaction is serializable, as on engines that know nothing else: what fails because of
 * others is run again by the store.
 */
class PostgresSerializableTest extends PostgresStoreTest {

    PostgresSerializableTest() {
        stores.database()
                .run("ALTER DATABASE " + stores.database().name()
                        + " SET default_transaction_isolation = 'serializable'");
    }

    @BeforeEach
    void everyTransactionIsSerializable() {
        if (stores.database().count("SELECT count(*) WHERE current_setting('transaction_isolation') = 'serializable'")
                != 1) {
            throw new IllegalStateException("the setting of the database has no effect");
        }
    }
}
