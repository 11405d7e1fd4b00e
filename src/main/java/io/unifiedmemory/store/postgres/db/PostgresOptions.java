package io.unifiedmemory.store.postgres.db;

import io.unifiedmemory.memory.HistoryOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a database is reached. Immutable.
 *
 * @param jdbcUrl the address as the driver takes it, without user and password
 * @param address the address for people, without the password
 * @param user the account in the database; null for the name of the account that runs this program
 * @param password its password; null where the server asks for none or the driver finds it in a password file
 * @param connections the limit on connections of this process, 2 or more
 * @param timeout how long a call waits for a connection
 * @param allowWeak whether a database is accepted that acknowledges writes before they are on disk
 * @param history how much is kept of what memories held before
 */
public record PostgresOptions(
        String jdbcUrl,
        String address,
        @Nullable String user,
        @Nullable String password,
        int connections,
        Duration timeout,
        boolean allowWeak,
        HistoryOptions history) {

    /** A database that keeps nothing of what memories held before. */
    public PostgresOptions(
            String jdbcUrl,
            String address,
            @Nullable String user,
            @Nullable String password,
            int connections,
            Duration timeout,
            boolean allowWeak) {
        this(jdbcUrl, address, user, password, connections, timeout, allowWeak, HistoryOptions.OFF);
    }

    /** The same with a history. */
    public PostgresOptions with(HistoryOptions kept) {
        return new PostgresOptions(jdbcUrl, address, user, password, connections, timeout, allowWeak, kept);
    }

    /** Says where, but never with which password. */
    @Override
    public String toString() {
        return address;
    }
}
