package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.memory.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** What all actors of a run share: the files, the upstream, the model, and the means to do harm. Thread-safe. */
final class World implements AutoCloseable {

    /** The upstream's name in the configuration. */
    static final String UPSTREAM = "upstream";

    /** What the servers replicate to. */
    enum Kind {
        /** Another instance of this server: each server process starts one, all on one database. */
        UNIFIED,
        /** The reference memory server: each server process starts one, all on one file. */
        REFERENCE
    }

    private static final long KILL_INTERVAL_MILLIS = 150;
    private static final long STOP_MILLIS = 120;
    private static final long RUN_MILLIS = 15;

    private final Path folder;
    private final Kind kind;
    private final int laptops;
    private final Counts counts = new Counts();
    private final Model model = new Model();
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<ProcessHandle> frozen = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean over;

    World(Path folder, Kind kind, int laptops) {
        this.folder = folder;
        this.kind = kind;
        this.laptops = laptops;
        List<String> command = kind == Kind.UNIFIED
                ? ServerProcess.command(List.of("--db", upstreamFile().toString()))
                : List.of("node", referenceServer().toString());
        Map<String, Object> upstream = Map.of(
                "command",
                command.get(0),
                "args",
                command.subList(1, command.size()),
                "env",
                Map.of("MEMORY_FILE_PATH", upstreamFile().toString()),
                "timeoutMs",
                kind == Kind.UNIFIED ? 3000 : 1000);
        try {
            Files.writeString(config(), Json.write(Map.of("upstreams", Map.of(UPSTREAM, upstream))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The reference memory server's main script. */
    static Path referenceServer() {
        Path script = Path.of(ServerProcess.required("unified-memory.node"))
                .resolve("node_modules/@modelcontextprotocol/server-memory/dist/index.js");
        if (!Files.exists(script)) {
            throw new IllegalStateException(script + " is missing: run scripts/test, or npm ci in src/test/node");
        }
        return script;
    }

    Counts counts() {
        return counts;
    }

    Model model() {
        return model;
    }

    /** How many databases there are. */
    int laptops() {
        return laptops;
    }

    /** Which database a server works on. */
    int laptopOf(int server) {
        return server % laptops;
    }

    /** For reading by whoever touches keys of its own, for writing by whoever touches those of others. */
    ReadWriteLock lock() {
        return lock;
    }

    Path database(int laptop) {
        return folder.resolve("laptop-" + laptop + ".db");
    }

    /** Where the upstream keeps its data. */
    Path upstreamFile() {
        return folder.resolve(kind == Kind.UNIFIED ? "upstream.db" : "graph.jsonl");
    }

    private Path config() {
        return folder.resolve("config.json");
    }

    ServerProcess start(int number) {
        List<String> arguments =
                List.of("--db", database(laptopOf(number)).toString(), "--config", config().toString());
        return new ServerProcess(arguments, folder.resolve("server-" + number + ".log"));
    }

    /** A server on one of the files, without any upstream. */
    ServerProcess startAlone(Path database) {
        return new ServerProcess(List.of("--db", database.toString()), folder.resolve("alone.log"));
    }

    /**
     * Kills a server with SIGKILL. Its upstream process is left to end by itself, unless it is frozen: thawed later it
     * would write what is long outdated, beside the upstream process of the server that comes next.
     *
     * @param children of the server: to find them only now would take too long
     */
    void kill(ServerProcess server, List<ProcessHandle> children) {
        server.kill();
        children.stream().filter(frozen::contains).forEach(ProcessHandle::destroyForcibly);
        counts.add(Count.SERVER_KILLS);
    }

    void killUpstream(ServerProcess server) {
        for (ProcessHandle child : server.children()) {
            if (child.destroyForcibly()) {
                counts.add(Count.UPSTREAM_KILLS);
            }
        }
    }

    /** Kills every upstream process that the server starts within some time. */
    void keepUpstreamDown(ServerProcess server, Duration length) {
        long end = System.nanoTime() + length.toNanos();
        killUpstreamUntil(server, end);
    }

    private void killUpstreamUntil(ServerProcess server, long end) {
        killUpstream(server);
        if (System.nanoTime() < end && !over) {
            Future<?> unused =
                    later.schedule(() -> killUpstreamUntil(server, end), KILL_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    void freezeUpstream(ServerProcess server, Duration length) {
        for (ProcessHandle child : server.children()) {
            if (frozen.add(child)) {
                signal("STOP", child);
                counts.add(Count.FREEZES);
                Future<?> unused = later.schedule(() -> thaw(child), length.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Lets the upstream processes run for a fraction of their time only. */
    void slowUpstream(ServerProcess server, Duration length) {
        counts.add(Count.SLOW_SPELLS);
        long end = System.nanoTime() + length.toNanos();
        server.children().forEach(child -> slowUntil(child, end));
    }

    private void slowUntil(ProcessHandle child, long end) {
        if (System.nanoTime() < end && !over && child.isAlive() && frozen.add(child)) {
            signal("STOP", child);
            Future<?> unused = later.schedule(
                    () -> {
                        thaw(child);
                        Future<?> unusedNext =
                                later.schedule(() -> slowUntil(child, end), RUN_MILLIS, TimeUnit.MILLISECONDS);
                    },
                    STOP_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void thaw(ProcessHandle child) {
        signal("CONT", child);
        frozen.remove(child);
    }

    /** Ends every freeze and every outage. */
    void endTrouble() {
        over = true;
        new ArrayList<>(frozen).forEach(this::thaw);
    }

    private static void signal(String signal, ProcessHandle process) {
        if (process.isAlive()) {
            try {
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        later.shutdownNow();
        endTrouble();
    }
}
