package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.DatabaseLocation;
import io.unifiedmemory.launch.HeapWatch;
import io.unifiedmemory.launch.StartArchive;
import io.unifiedmemory.mcp.MemoryServer;
import io.unifiedmemory.mcp.stateless.MemoryService;
import io.unifiedmemory.mcp.stateless.StatelessServer;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.mcp.stdio.StdioTransport;
import io.unifiedmemory.memory.util.BuildInfo;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.unified.calls.CallOrder;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Serves one MCP client on standard input and output until the client leaves. */
final class ServeStdio implements Command {

    private final CompletableFuture<DatabaseLocation> database = new CompletableFuture<>();

    /** Loads what comes next, in the order in which it is waited for, on another core than {@link #run}. */
    @Override
    public void warmUp() {
        Daemon.start("warm-up", () -> {
            UUID.randomUUID(); // the SDK gives its session one
            Json.parseObject("{\"number\": 1}");
            DatabaseLocation location = database.join(); // what comes now may log
            MemoryServer.warmUp();
            Stores.loadDriver(location);
        });
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        database.complete(config.database());
        StdioTransport transport = new StdioTransport(streams.in(), streams.out());
        Application application = new Application(config, CallOrder.ofOneClient(transport::yieldTurn));
        Runtime.getRuntime().addShutdownHook(new Thread(application::close, "shutdown"));
        transport.answerBy(application::methods);
        MemoryServer server =
                new MemoryServer(transport, application.tools(), BuildInfo.current(), transport::yieldTurn);
        transport.serveStateless(statelessServer(application));
        transport.onInitialized(() -> {
            application.start();
            HeapWatch.startIfWanted();
            StartArchive archive = StartArchive.ofLauncher();
            if (archive != null) {
                archive.makeLaterIfNeeded();
            }
        });
        greetPerson(streams);
        try {
            transport.serve(application.longestCall());
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        } finally {
            server.close();
            application.close();
        }
    }

    /** Not a lambda: that would load what it returns, and most clients open a session. */
    private static Supplier<StatelessServer> statelessServer(Application application) {
        return new Supplier<>() {
            @Override
            public StatelessServer get() {
                return MemoryService.of(
                        application.tools(), application::methods, BuildInfo.current(), application::secret);
            }
        };
    }

    /** Somebody who starts the server by hand would otherwise see nothing at all. */
    private static void greetPerson(StandardStreams streams) {
        if (streams.atTerminal()) {
            streams.err()
                    .println(
                            "unified-memory is an MCP server: it waits for a client on standard input (Ctrl-D ends it)."
                                    + " Add it to a client as the command \"java\" with the arguments \"-jar\" and the path of"
                                    + " this jar; --help tells more.");
        }
    }
}
