package io.unifiedmemory.commands;

import io.unifiedmemory.access.Tokens;
import io.unifiedmemory.browser.MemoryBrowser;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.MemoryMethods;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.util.BuildInfo;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.prompts.Prompts;
import io.unifiedmemory.resources.Completions;
import io.unifiedmemory.resources.Resources;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendObserver;
import io.unifiedmemory.unified.calls.CallOrder;
import io.unifiedmemory.upstream.UpstreamBackend;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The memory and its tools, wired as the configuration says. Building it touches no file and no upstream. */
final class Application implements AutoCloseable {

    /** Beyond the longest call of the memory, for what goes on around it. */
    private static final Duration AROUND = Duration.ofSeconds(5);

    private static final long LOOK_MILLIS = 200;

    /** Most upstreams start sooner, and a person may wonder after that. */
    private static final long SILENT_SECONDS = 3;

    /** Several times as long as a model takes to be loaded, and less than a search may take. */
    private static final Duration LONGEST_LOADING = Duration.ofSeconds(3);

    private final PrimaryStore store;
    private final SearchMeaning meaning;
    private final UnifiedMemory memory;
    private final ToolBox tools;
    private final ToolOptions options;
    /** Whether the store of record keeps memories, and not only what is owed to upstreams. */
    private final boolean keeps;

    private @Nullable Resources resources;
    private @Nullable MemoryMethods methods;
    private final Map<String, UpstreamBackend> upstreams = new LinkedHashMap<>();

    /**
     * @param order of the calls
     */
    Application(Config config, CallOrder order) {
        this(config, new SearchMeaning(config.meaning()), order, BackendObserver.NONE);
    }

    /** For one call, whose search waits for the model: no other search will have it. */
    static Application ofOneCall(Config config) {
        return new Application(
                config, new SearchMeaning(config.meaning(), LONGEST_LOADING), CallOrder.none(), BackendObserver.NONE);
    }

    private Application(Config config, SearchMeaning meaning, CallOrder order, BackendObserver observer) {
        this(config, Stores.open(config.database(), order, meaning), meaning, order, observer);
    }

    /**
     * Likewise, over a store that is closed with it.
     *
     * @param meaning by which the store compares meanings; closed likewise
     * @param observer hears of every call of a backend
     */
    Application(Config config, PrimaryStore store, SearchMeaning meaning, CallOrder order, BackendObserver observer) {
        this.store = store;
        this.meaning = meaning;
        UnifiedMemory.Builder builder = UnifiedMemory.builder()
                .order(order)
                .observer(observer)
                .search(config.search())
                .expect(expected(config))
                .options(config.memory())
                .component("meaning", meaning::trouble)
                .primary(config.database().backend(), store, config.databasePolicy());
        for (Config.Upstream upstream : config.upstreams()) {
            String name = upstream.options().name();
            UpstreamBackend backend =
                    new UpstreamBackend(upstream.options(), store::identity, Stores.path(config.database()));
            builder.replica(name, backend, upstream.policy());
            if (upstream.policy().enabled()) {
                upstreams.put(name, backend);
            }
        }
        memory = builder.build();
        options = config.tools();
        keeps = config.databasePolicy().enabled();
        tools = new ToolBox(memory, options, Clock.systemUTC(), BuildInfo.current(), store::info, store::identity);
    }

    /** On a new machine nothing is known of the user whose memories it is for. */
    private static Set<String> expected(Config config) {
        String user = config.tools().defaultUser();
        return user == null ? Set.of() : Set.of(user);
    }

    /**
     * Waits until every upstream is connected or cannot be. A server's upstreams start meanwhile, but a command that makes
     * one call would only hear that they are starting.
     */
    void awaitUpstreams(StandardStreams streams) {
        Map<String, Thread> starting = new LinkedHashMap<>();
        upstreams.forEach((name, upstream) -> {
            starting.put(name, Daemon.start("upstream " + name + " awaited", upstream::awaitConnection));
        });
        ProgressLine progress = null;
        try {
            for (long start = System.nanoTime(); !starting.isEmpty(); ) {
                starting.values().iterator().next().join(LOOK_MILLIS);
                starting.values().removeIf(thread -> !thread.isAlive());
                long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
                if (progress == null && seconds >= SILENT_SECONDS) {
                    progress =
                            new ProgressLine(streams.err(), streams::eraseLine, streams.atTerminal(), System::nanoTime);
                }
                if (progress != null && !starting.isEmpty()) {
                    progress.show(
                            "waiting for " + String.join(", ", starting.keySet()) + " to start, " + seconds + " s");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (progress != null) {
            progress.end();
        }
    }

    /** Begins what goes on in the background. */
    void start() {
        memory.start();
        meaning.start(store);
    }

    /** How long calls in flight may take when a server ends. */
    Duration longestCall() {
        return memory.longestCall().plus(AROUND);
    }

    UnifiedMemory memory() {
        return memory;
    }

    PrimaryStore store() {
        return store;
    }

    ToolBox tools() {
        return tools;
    }

    /** What clients can ask for beside tools; made when the first one does. */
    synchronized MemoryMethods methods() {
        MemoryMethods made = methods;
        if (made == null) {
            resources = new Resources(memory, options);
            made = new MemoryMethods(resources, new Completions(memory, options), new Prompts(tools));
            methods = made;
        }
        return made;
    }

    /**
     * What the memory browser asks.
     *
     * @param maxFileBytes how large a file to import may be
     * @param tokens see {@link MemoryBrowser}
     * @param entries likewise
     */
    MemoryBrowser browser(int maxFileBytes, @Nullable Tokens tokens, Supplier<Map<String, String>> entries) {
        return new MemoryBrowser(
                memory, tools, options, BuildInfo.current(), store, keeps ? maxFileBytes : 0, tokens, entries);
    }

    /** What is known of the database now; see {@link PrimaryStore#info}. */
    DatabaseInfo database() {
        return store.info();
    }

    /** See {@link PrimaryStore#secret}. */
    String secret() {
        return store.secret();
    }

    /** Ends every connection and process that the memory holds. A second call does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            if (resources != null) {
                resources.close();
            }
        }
        meaning.close();
        memory.close();
    }
}
