package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.chaos.Mix.Upstream;
import io.unifiedmemory.harness.BuiltJar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/** What all actors of a run share: the machines, the upstream, the model, and the means to do harm. Thread-safe. */
final class World implements AutoCloseable {

    /** The upstream's name in the configuration. */
    static final String UPSTREAM = "upstream";

    private static final long KILL_INTERVAL_MILLIS = 150;
    private static final long STOP_MILLIS = 120;
    private static final long RUN_MILLIS = 15;
    private static final int MAX_SKEW_SECONDS = 600;

    private final Path folder;
    private final Mix mix;
    private final List<Machine> machines = new ArrayList<>();
    private final List<HttpUpstream> httpUpstreams = new ArrayList<>();
    private final Counts counts = new Counts();
    private final Model model;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<ProcessHandle> frozen = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);
    private volatile boolean over;

    World(Path folder, Mix mix, int number, long seed) {
        this.folder = folder;
        this.mix = mix;
        model = new Model(number, !mix.skewed(), Set.of(Actor.ROAMING));
        try {
            if (mix.http()) {
                int upstreams = mix.isShared() ? 1 : number;
                IntStream.range(0, upstreams).forEach(machine -> httpUpstreams.add(httpUpstream(machine)));
            }
            Random random = new Random(seed);
            for (int machine = 0; machine < number; machine++) {
                machines.add(machine(machine, random));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Machine machine(int number, Random random) {
        Map<String, Object> upstream = new LinkedHashMap<>();
        upstream.put("timeoutMs", mix.upstream() == Upstream.UNIFIED || mix.http() ? 3000 : 1000);
        Optional<FaultyProxy> proxy = Optional.empty();
        if (mix.http()) {
            HttpUpstream behind = httpUpstreams.get(number % httpUpstreams.size());
            FaultyProxy between = new FaultyProxy(behind::address, !mix.isShared(), counts, random.nextLong());
            upstream.put("type", "http");
            upstream.put("url", between.address().toString());
            proxy = Optional.of(between);
        } else {
            String data = upstreamFile(number).toString();
            List<String> command = switch (mix.upstream()) {
                case UNIFIED -> BuiltJar.command(List.of("--db", data));
                case REFERENCE -> List.of("node", referenceServer().toString());
                case MEMORY_BANK -> MemoryBank.command();
            };
            upstream.put("command", command.get(0));
            upstream.put("args", command.subList(1, command.size()));
            upstream.put("env", Map.of("MEMORY_FILE_PATH", data, MemoryBank.ROOT, data));
        }
        Machine machine = new Machine(number, folder, mix, upstream, proxy);
        machine.clock().ifPresent(clock -> clock.set(skew(random)));
        return machine;
    }

    private HttpUpstream httpUpstream(int machine) {
        Path log = folder.resolve("upstream-" + machine + ".log");
        Path data = upstreamFile(machine);
        if (mix.upstream() == Upstream.UNIFIED) {
            List<String> command = BuiltJar.command(List.of("serve", "--http", "127.0.0.1:0", "--db", data.toString()));
            return new HttpUpstream(command, Map.of(), log);
        }
        Path wrapper = Path.of(BuiltJar.required("unified-memory.node")).resolve("http-memory.mjs");
        return new HttpUpstream(List.of("node", wrapper.toString()), Map.of("MEMORY_FILE_PATH", data.toString()), log);
    }

    private static Duration skew(Random random) {
        return Duration.ofSeconds(random.nextInt(-MAX_SKEW_SECONDS, MAX_SKEW_SECONDS));
    }

    /** The reference memory server's main script. */
    static Path referenceServer() {
        return script("node_modules/@modelcontextprotocol/server-memory/dist/index.js");
    }

    /** A file of src/test/node, or one that npm installed there. */
    static Path script(String name) {
        Path script = Path.of(BuiltJar.required("unified-memory.node")).resolve(name);
        if (!Files.exists(script)) {
            throw new IllegalStateException(script + " is missing: run scripts/test, or npm ci in src/test/node");
        }
        return script;
    }

    Mix mix() {
        return mix;
    }

    Counts counts() {
        return counts;
    }

    Model model() {
        return model;
    }

    List<Machine> machines() {
        return machines;
    }

    /** Which machine a server works on. */
    Machine machineOf(int server) {
        return machines.get(server % machines.size());
    }

    /** For reading by whoever touches keys of its own, for writing by whoever touches those of others. */
    ReadWriteLock lock() {
        return lock;
    }

    /** Where the upstream of a machine keeps its data. */
    Path upstreamFile(int machine) {
        return mix.isShared() ? folder.resolve("upstream.db") : folder.resolve("graph-" + machine + ".jsonl");
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

    /** The processes of the upstream that a server works with. */
    List<ProcessHandle> upstreamOf(ServerProcess server, Machine machine) {
        return mix.http()
                ? httpUpstreams.get(machine.number() % httpUpstreams.size()).processes()
                : server.children();
    }

    void killUpstream(ServerProcess server, Machine machine) {
        keepUpstreamDown(server, machine, Duration.ZERO);
    }

    /** Kills every upstream process that the server starts within some time. */
    void keepUpstreamDown(ServerProcess server, Machine machine, Duration length) {
        killUpstreamUntil(server, machine, System.nanoTime() + length.toNanos());
    }

    private void killUpstreamUntil(ServerProcess server, Machine machine, long end) {
        boolean killed = false;
        for (ProcessHandle child : upstreamOf(server, machine)) {
            killed |= child.isAlive() && child.destroyForcibly();
        }
        if (killed) {
            counts.add(Count.UPSTREAM_KILLS);
        }
        if (System.nanoTime() < end && !over) {
            Future<?> unused = later.schedule(
                    () -> killUpstreamUntil(server, machine, end), KILL_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        } else if (mix.http()) {
            Future<?> unused = later.schedule(this::reviveUpstreams, KILL_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void reviveUpstreams() {
        httpUpstreams.forEach(HttpUpstream::revive);
    }

    void freezeUpstream(ServerProcess server, Machine machine, Duration length) {
        boolean stopped = false;
        for (ProcessHandle child : upstreamOf(server, machine)) {
            if (frozen.add(child)) {
                signal("STOP", child);
                stopped = true;
                Future<?> unused = later.schedule(() -> thaw(child), length.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        if (stopped) {
            counts.add(Count.FREEZES);
        }
    }

    /** Lets the upstream processes run for a fraction of their time only. */
    void slowUpstream(ServerProcess server, Machine machine, Duration length) {
        counts.add(Count.SLOW_SPELLS);
        long end = System.nanoTime() + length.toNanos();
        upstreamOf(server, machine).forEach(child -> slowUntil(child, end));
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

    void jumpClock(Machine machine, Random random) {
        machine.clock().ifPresent(clock -> {
            clock.set(skew(random));
            counts.add(Count.CLOCK_JUMPS);
        });
    }

    /** Lets the clock of a machine be past whatever it has shown. */
    void advanceClock(Machine machine) {
        machine.clock().ifPresent(clock -> clock.set(Duration.ofSeconds(MAX_SKEW_SECONDS)));
    }

    void fillDisk(Machine machine, Duration length) {
        machine.disk().filter(disk -> !disk.isFull()).ifPresent(disk -> {
            disk.fill(machine.database());
            counts.add(Count.DISK_FULL_SPELLS);
            Future<?> unused = later.schedule(disk::free, length.toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    /** Ends every freeze and every outage. */
    void endTrouble() {
        over = true;
        new ArrayList<>(frozen).forEach(this::thaw);
        machines.forEach(machine -> {
            machine.proxy().ifPresent(FaultyProxy::endTrouble);
            machine.disk().ifPresent(SmallDisk::free);
        });
        reviveUpstreams();
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

    /** Ends the upstream over HTTP, so that its file can be read. */
    void closeUpstreams() {
        httpUpstreams.forEach(HttpUpstream::close);
        httpUpstreams.clear();
    }

    @Override
    public void close() {
        later.shutdownNow();
        over = true;
        new ArrayList<>(frozen).forEach(this::thaw);
        closeUpstreams();
        machines.forEach(Machine::close);
    }
}
