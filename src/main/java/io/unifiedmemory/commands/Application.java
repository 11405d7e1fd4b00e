package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.sqlite.SqliteBackend;
import io.unifiedmemory.sqlite.SqliteDatabase;
import io.unifiedmemory.sqlite.SqliteHighWaterMark;
import io.unifiedmemory.sqlite.SqliteIdentity;
import io.unifiedmemory.sqlite.SqliteOutbox;
import io.unifiedmemory.sqlite.SqliteTombstones;
import io.unifiedmemory.tools.DatabaseFile;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.unified.BackendObserver;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.upstream.UpstreamBackend;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/** The memory and its tools, wired as the configuration says. Building it touches no file and no upstream. */
final class Application implements AutoCloseable {

    /** Beyond the longest call of the memory, for what goes on around it. */
    private static final Duration AROUND = Duration.ofSeconds(5);

    private final UnifiedMemory memory;
    private final ToolBox tools;

    /**
     * @param beforeWaiting called on a caller's thread that is about to wait for an upstream
     */
    Application(Config config, Runnable beforeWaiting) {
        this(config, beforeWaiting, BackendObserver.NONE);
    }

    /**
     * Likewise.
     *
     * @param observer hears of every call of a backend
     */
    Application(Config config, Runnable beforeWaiting, BackendObserver observer) {
        SqliteDatabase database = new SqliteDatabase(config.sqlite());
        SqliteBackend sqlite = new SqliteBackend(database);
        SqliteIdentity identity = new SqliteIdentity(database);
        UnifiedMemory.Builder builder = UnifiedMemory.builder()
                .beforeWaiting(beforeWaiting)
                .observer(observer)
                .search(config.search())
                .outbox(new SqliteOutbox(database, Clock.systemUTC()))
                .highWater(new SqliteHighWaterMark(database))
                .users(sqlite)
                .expect(expected(config))
                .tombstones(new SqliteTombstones(database))
                .options(config.memory())
                .local("sqlite", sqlite, config.sqliteSlot());
        for (Config.Upstream upstream : config.upstreams()) {
            builder.upstream(
                    upstream.options().name(), new UpstreamBackend(upstream.options(), identity), upstream.slot());
        }
        memory = builder.build();
        tools = new ToolBox(
                memory,
                config.tools(),
                Clock.systemUTC(),
                Version.current(),
                () -> new DatabaseFile(database.path().toString(), database.bytes(), identity));
    }

    /** On a new machine nothing is known of the user whose memories it is for. */
    private static Set<String> expected(Config config) {
        String user = config.tools().defaultUser();
        return user == null ? Set.of() : Set.of(user);
    }

    /** How long calls in flight may take when a server ends. */
    Duration longestCall() {
        return memory.longestCall().plus(AROUND);
    }

    UnifiedMemory memory() {
        return memory;
    }

    ToolBox tools() {
        return tools;
    }

    /** Ends every connection and process that the memory holds. A second call does nothing. */
    @Override
    public void close() {
        memory.close();
    }
}
