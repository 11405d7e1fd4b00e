package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name of one particular database file: a random number in the file together with the file system's identity of the
 * file, so that neither a copy nor a file at the same place on another machine has the same name. Thread-safe.
 */
final class SqliteIdentity {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteIdentity.class);

    /** Stored as a lease that nobody asks for and that therefore never ends. */
    private static final String MAKE = "INSERT INTO lease (name, holder, until)"
            + " VALUES ('identity', lower(hex(randomblob(16))), 0) ON CONFLICT DO NOTHING";

    private static final String MAKE_SECRET = "INSERT INTO lease (name, holder, until)"
            + " VALUES ('secret', lower(hex(randomblob(32))), 0) ON CONFLICT DO NOTHING";

    private final SqliteDatabase database;
    private volatile @Nullable String known;

    SqliteIdentity(SqliteDatabase database) {
        this.database = database;
    }

    /** A secret in the file, which a copy of it shares. */
    String secret() {
        return database.write(tx -> {
            tx.update(MAKE_SECRET);
            return String.valueOf(tx.text("SELECT holder FROM lease WHERE name = 'secret'"));
        });
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
                LOG.debug("the database file has no name yet: {}", e.describe());
            }
        }
        return known;
    }
}
