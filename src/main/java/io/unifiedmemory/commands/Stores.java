package io.unifiedmemory.commands;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.TokenFile;
import io.unifiedmemory.access.TokenTable;
import io.unifiedmemory.access.Tokens;
import io.unifiedmemory.config.DatabaseLocation;
import io.unifiedmemory.config.UserFolders;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.SharedTokens;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.memory.util.BuildInfo;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.store.postgres.PostgresStore;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.NativeLibrary;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one place that decides by the kind of a database: how it is opened, and what only a file can do. Nothing of the
 * kind that is not used is loaded.
 */
public final class Stores {

    private Stores() {}

    /** Sees to what the driver needs outside the jar. Call it before {@link #open}. */
    public static void prepare(DatabaseLocation location, Map<String, String> environment) {
        if (location instanceof DatabaseLocation.File file) {
            NativeLibrary.keepIn(cache(file, environment), BuildInfo.sqlite());
        }
    }

    /** Deletes what {@link #prepare} keeps for later starts. */
    static void removePrepared(DatabaseLocation location, Map<String, String> environment) throws IOException {
        if (location instanceof DatabaseLocation.File file) {
            NativeLibrary.removeFrom(cache(file, environment), BuildInfo.sqlite());
        }
    }

    private static Path cache(DatabaseLocation.File location, Map<String, String> environment) {
        return UserFolders.current(environment).cache(location.options().file());
    }

    /** Loads ahead what takes longest when the first call needs it. */
    static void loadDriver(DatabaseLocation location) {
        if (location instanceof DatabaseLocation.File) {
            NativeLibrary.load();
        }
    }

    /** The store at a place; it has done no I/O yet. */
    static PrimaryStore open(DatabaseLocation location, WaitListener waits) {
        return open(location, waits, QueryVectors.NONE);
    }

    /**
     * Likewise, with a model.
     *
     * @param queries what a search asks for the meaning of its query
     */
    static PrimaryStore open(DatabaseLocation location, WaitListener waits, QueryVectors queries) {
        return location instanceof DatabaseLocation.Postgres server
                ? PostgresStore.of(server.options(), queries)
                : SqliteStore.of(((DatabaseLocation.File) location).options(), waits, queries);
    }

    /** Whether a store has no database yet, which is told the person: nothing is made by looking. */
    static boolean isMissing(PrimaryStore store, DatabaseLocation location, StandardStreams streams) {
        Long bytes = store.info().bytes();
        boolean missing = bytes != null && bytes == 0;
        if (missing) {
            streams.err()
                    .println("unified-memory: there is no database " + location.shown()
                            + " (name the right one with --db)");
        }
        return missing;
    }

    /** The tokens that servers on a store accept: in the file that the options name, otherwise in the store itself. */
    static Tokens tokens(AccessOptions access, PrimaryStore store, DatabaseLocation location, Clock clock) {
        Path file = access.tokenFile();
        SharedTokens shared = store.tokens();
        if (file != null) {
            return new TokenFile(file, clock);
        }
        if (shared == null) {
            throw new IllegalStateException(location.shown() + " keeps no tokens, and no file is named");
        }
        return new TokenTable(shared, location.shown(), clock, System::nanoTime);
    }

    /**
     * The file of a command that works on one.
     *
     * @param command its name
     * @param instead what does the same for a server
     */
    static SqliteOptions file(DatabaseLocation location, String command, String instead) {
        if (location instanceof DatabaseLocation.File file) {
            return file.options();
        }
        throw new Command.UsageException(
                command + " works on a database file, and the database is " + location.shown() + ": " + instead);
    }

    /** The file beside which this machine's own notes are; null when the database is on a server. */
    static @Nullable Path path(DatabaseLocation location) {
        return location instanceof DatabaseLocation.File file ? file.options().file() : null;
    }
}
