package io.unifiedmemory.config;

import io.unifiedmemory.store.postgres.db.PostgresOptions;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.util.Locale;

/** Where the store of record keeps its data, and how that is opened. */
public sealed interface DatabaseLocation {

    /**
     * Whether a text is meant as the address of a PostgreSQL database, and not as a path.
     */
    static boolean isAddress(String text) {
        String scheme = text.substring(0, Math.max(0, text.indexOf("://")));
        return scheme.equalsIgnoreCase("postgresql")
                || scheme.equalsIgnoreCase("postgres")
                || scheme.equalsIgnoreCase("jdbc:postgresql");
    }

    /** The place, for people: a path, or an address without its password. */
    String shown();

    /** The name of the store of record among the backends. */
    String backend();

    /** How it is opened, for people. */
    String settings();

    /** A file on this machine. */
    record File(SqliteOptions options) implements DatabaseLocation {

        @Override
        public String backend() {
            return "sqlite";
        }

        @Override
        public String settings() {
            return "synchronous " + options.synchronous().name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String shown() {
            return options.file().toString();
        }
    }

    /** A database of a PostgreSQL server. */
    record Postgres(PostgresOptions options) implements DatabaseLocation {

        @Override
        public String shown() {
            return options.address();
        }

        @Override
        public String backend() {
            return "postgresql";
        }

        @Override
        public String settings() {
            return options.connections() + " connections"
                    + (options.allowWeak() ? ", also while it confirms writes before they are on disk" : "");
        }
    }
}
