package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.chaos.Mix.Sqlite;
import io.unifiedmemory.chaos.Mix.Upstream;
import io.unifiedmemory.chaos.Model.Violation;
import io.unifiedmemory.chaos.Model.Wrong;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Random operations through several server processes on several machines, while they and their upstream meet with every
 * kind of harm; then a reckoning of what was acknowledged with what all sides hold.
 *
 * @param seed decides what each actor does
 * @param time how long to go on before the reckoning; longer, up to {@link #PATIENCE} times, until enough has happened
 * @param machines how many databases there are
 * @param servers how many server processes work on each, where the mix allows several
 */
record ChaosRun(Mix mix, long seed, Duration time, int machines, int servers) {

    private static final int PATIENCE = 15;

    /** A shorter run need not meet with all that can befall any server, only with what its mix is there for. */
    private static final Duration SHORT = Duration.ofSeconds(15);

    /** How long everything may take to be delivered once all trouble has ended. */
    private static final Duration RECOVERY = Duration.ofSeconds(40);

    /** Runs in an empty folder, which keeps the files and the servers' logs. */
    Counts in(Path folder) {
        try (World world = new World(folder, mix, machines, seed)) {
            List<Actor> actors = IntStream.range(0, machines * serversOfOneMachine())
                    .mapToObj(number -> new Actor(number, world, seed))
                    .toList();
            try {
                long start = System.nanoTime();
                runAll(actors, () -> isOver(System.nanoTime() - start, world.counts()));
                world.endTrouble();
                actors.forEach(Actor::enableSqlite);
                recover(actors);
            } catch (IllegalStateException e) {
                // What was counted until then is worth more than a clean end, and other mixes may follow.
                world.counts().error("the run ended early: " + e);
            } finally {
                actors.forEach(Actor::close);
            }
            world.closeUpstreams();
            reckon(world);
            return world.counts();
        }
    }

    private void recover(List<Actor> actors) {
        actors.forEach(actor -> actor.awaitDelivery(RECOVERY));
        if (isCompared()) {
            actors.forEach(Actor::reconcile);
            actors.forEach(actor -> actor.awaitDelivery(RECOVERY));
        }
    }

    /**
     * Two processes of the reference server lose what each other wrote to their file, and servers with and without
     * SQLite on one file do not know of each other.
     */
    private int serversOfOneMachine() {
        return mix.upstream() != Upstream.UNIFIED || mix.sqlite() == Sqlite.TOGGLED ? 1 : servers;
    }

    /** Whether a database may lack what only a comparison brings. */
    private boolean isCompared() {
        return mix.sqlite() != Sqlite.DISABLED && (machines > 1 || mix.smallDisk() || mix.sqlite() == Sqlite.TOGGLED);
    }

    private boolean isOver(long nanos, Counts counts) {
        return nanos > time.toNanos() && (suffices(counts) || nanos > PATIENCE * time.toNanos());
    }

    /** Whether enough happened for the run to mean something. */
    boolean suffices(Counts counts) {
        return counts.of(Count.ACKNOWLEDGED) >= Math.min(500, 5 * time.toSeconds())
                && counts.faults() >= 2
                && (time.compareTo(SHORT) < 0 || meetsUsualTrouble(counts))
                && (!mix.http() || meetsTroubleOnTheWay(counts))
                && (!mix.skewed() || counts.of(Count.CLOCK_JUMPS) >= 1)
                && (!mix.smallDisk() || counts.of(Count.DISK_FULL_SPELLS) >= 1)
                && (mix.sqlite() != Sqlite.TOGGLED || counts.of(Count.SQLITE_TOGGLES) >= 2);
    }

    private static boolean meetsUsualTrouble(Counts counts) {
        return counts.of(Count.SERVER_KILLS) >= 1
                && counts.of(Count.UPSTREAM_KILLS) + counts.of(Count.FREEZES) >= 1
                && counts.of(Count.OUTAGES) >= 1
                && counts.of(Count.REPLAYS) >= 10;
    }

    /** A short run is over before each kind of it has come, on a slow machine before most have. */
    private boolean meetsTroubleOnTheWay(Counts counts) {
        if (time.compareTo(SHORT) >= 0) {
            return counts.of(Count.DUPLICATES) >= 1;
        }
        return Stream.of(
                                Count.DROPPED_REQUESTS,
                                Count.DROPPED_REPLIES,
                                Count.DELAYS,
                                Count.CUTS,
                                Count.DUPLICATES,
                                Count.PARTITIONS)
                        .mapToLong(counts::of)
                        .sum()
                >= 1;
    }

    private static void runAll(List<Actor> actors, BooleanSupplier isOver) {
        ExecutorService threads = Executors.newFixedThreadPool(actors.size());
        try {
            List<Future<?>> runs = new ArrayList<>();
            actors.forEach(actor -> runs.add(threads.submit(() -> actor.run(isOver))));
            for (Future<?> run : runs) {
                run.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("an actor failed", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private void reckon(World world) {
        Map<String, Map<String, String>> first = Map.of();
        for (int machine = 0; machine < machines; machine++) {
            List<String> users = users(machine);
            if (mix.sqlite() != Sqlite.DISABLED) {
                Map<String, Map<String, String>> local =
                        everything(world, world.machines().get(machine).database(), users);
                compare(world, "in SQLite of machine " + machine, users, local);
                first = machine == 0 ? local : first;
                compareRoaming(world, first, local);
            }
            if (machine == 0 || !mix.isShared()) {
                Map<String, Map<String, String>> remote = mix.isShared()
                        ? everything(world, world.upstreamFile(machine), users(-1))
                        : mix.upstream() == Upstream.MEMORY_BANK
                                ? MemoryBank.memories(world.upstreamFile(machine))
                                : graph(world.upstreamFile(machine));
                compare(world, "upstream", mix.isShared() ? users(-1) : users, remote);
                if (mix.sqlite() != Sqlite.DISABLED) {
                    compareRoaming(world, first, remote);
                }
            }
        }
    }

    private static void compare(World world, String where, List<String> users, Map<String, Map<String, String>> found) {
        users.forEach(user ->
                world.counts().addAll(world.model().compareAll(where, user, found.getOrDefault(user, Map.of()))));
    }

    private static void compareRoaming(
            World world, Map<String, Map<String, String>> one, Map<String, Map<String, String>> other) {
        Map<String, String> here = one.getOrDefault(Actor.ROAMING, Map.of());
        Map<String, String> there = other.getOrDefault(Actor.ROAMING, Map.of());
        if (!here.equals(there)) {
            world.counts().addAll(List.of(new Violation(Wrong.DIVERGED, "DIVERGED " + here + " and " + there)));
        }
    }

    /** Who writes on a machine; everybody of a negative one. */
    private List<String> users(int machine) {
        List<String> users = new ArrayList<>();
        if (mix.isShared() && machines > 1) {
            users.add(Actor.ROAMING);
        }
        for (int number = 0; number < machines * serversOfOneMachine(); number++) {
            if (machine < 0 || number % machines == machine) {
                for (int user = 0; user < 3; user++) {
                    users.add("user-" + number + "-" + user);
                }
                String shared = Actor.SHARED + "-" + number % machines;
                if (!users.contains(shared)) {
                    users.add(shared);
                }
            }
        }
        return users;
    }

    private static Map<String, Map<String, String>> everything(World world, Path database, List<String> users) {
        Map<String, Map<String, String>> memories = new HashMap<>();
        try (ServerProcess alone = world.startAlone(database)) {
            for (String user : users) {
                memories.put(user, everything(alone, user));
            }
        }
        return memories;
    }

    private static Map<String, String> everything(ServerProcess server, String user) {
        Map<String, String> values = new HashMap<>();
        Map<String, Object> arguments = new HashMap<>(Map.of("user_id", user, "limit", 1000));
        while (true) {
            JsonNode page = server.ask("get_all", arguments);
            page.path("memories")
                    .properties()
                    .forEach(memory ->
                            values.put(memory.getKey(), memory.getValue().asString()));
            if (!page.has("next_cursor")) {
                return values;
            }
            arguments.put("cursor", page.path("next_cursor").asString());
        }
    }

    /** What the reference server's file says, read without any code of the server under test. */
    private static Map<String, Map<String, String>> graph(Path file) {
        Map<String, Map<String, String>> memories = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                JsonNode entity = Json.mapper().readTree(line);
                String[] name = entity.path("name").asString().split("/", 2);
                StringBuilder values = new StringBuilder();
                for (JsonNode observation : entity.path("observations")) {
                    if (!observation.asString().startsWith("{\"unified_memory\":")) {
                        values.append(observation.asString());
                    }
                }
                memories.computeIfAbsent(name[0], user -> new HashMap<>()).put(name[1], values.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return memories;
    }
}
