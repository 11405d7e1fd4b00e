package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names one very database file: by a random number in it and by what the file system calls it, so that neither a copy of
 * it nor a file of the same place on another machine has that name. Thread-safe.
 */
final class SqliteIdentity {

    private static final Logger log = LoggerFactory.getLogger(SqliteIdentity.class);

    /** Among the leases, as one that nobody asks for and that so never ends. */
    private static final String MAKE = "INSERT INTO lease (name, holder, until)"
            + " VALUES ('identity', lower(hex(randomblob(16))), 0) ON CONFLICT DO NOTHING";

    private final SqliteDatabase database;
    private volatile @Nullable String known;

    SqliteIdentity(SqliteDatabase database) {
        this.database = database;
    }

    /** The name; null while the file cannot be written. */
    @Nullable
    String get() {
        if (known == null) {
            try {
                known = database.write(tx -> {
                    tx.update(MAKE);
                    return tx.text("SELECT holder FROM lease WHERE name = 'identity'") + " " + database.key();
                });
            } catch (BackendException e) {
                log.debug("the database file has no name yet: {}", e.describe());
            }
        }
        return known;
    }
}
