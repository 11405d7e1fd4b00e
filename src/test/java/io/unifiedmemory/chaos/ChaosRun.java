package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.chaos.Model.Wrong;
import io.unifiedmemory.memory.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Random operations through several server processes on one database, while servers and upstreams are killed and frozen;
 * then a reckoning of what was acknowledged with what both sides hold.
 *
 * @param seed decides what each actor does
 * @param time how long to go on before the reckoning; longer, up to {@link #PATIENCE} times, until enough has happened
 * @param laptops how many databases share the upstream
 * @param servers how many server processes work on each
 */
record ChaosRun(long seed, Duration time, int laptops, int servers, World.Kind upstream) {

    private static final int PATIENCE = 3;

    /** How long everything may take to be delivered once all trouble has ended. */
    private static final Duration RECOVERY = Duration.ofMinutes(5);

    /** Runs in an empty folder, which keeps the files and the servers' logs. */
    Counts in(Path folder) {
        try (World world = new World(folder, upstream, laptops)) {
            List<Actor> actors = IntStream.range(0, laptops * servers)
                    .mapToObj(number -> new Actor(number, world, seed))
                    .toList();
            long start = System.nanoTime();
            runAll(actors, () -> isOver(System.nanoTime() - start, world.counts()));
            world.endTrouble();
            actors.forEach(actor -> actor.awaitDelivery(RECOVERY));
            if (laptops > 1) {
                actors.forEach(Actor::reconcile);
                actors.forEach(actor -> actor.awaitDelivery(RECOVERY));
            }
            actors.forEach(Actor::close);
            reckon(world);
            return world.counts();
        }
    }

    private boolean isOver(long nanos, Counts counts) {
        return nanos > time.toNanos() && (counts.suffice() || nanos > PATIENCE * time.toNanos());
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
        Map<String, Map<String, String>> remote = upstream == World.Kind.UNIFIED
                ? everything(world, world.upstreamFile(), users(world, -1))
                : graph(world.upstreamFile());
        for (int laptop = 0; laptop < laptops; laptop++) {
            List<String> users = users(world, laptop);
            Map<String, Map<String, String>> local = everything(world, world.database(laptop), users);
            compare(world, "in SQLite of laptop " + laptop, users, local);
        }
        compare(world, "upstream", users(world, -1), remote);
    }

    private static void compare(World world, String where, List<String> users, Map<String, Map<String, String>> found) {
        users.forEach(user ->
                world.counts().addAll(world.model().compareAll(where, user, found.getOrDefault(user, Map.of()))));
    }

    /** Who writes on a laptop; everybody of a negative one. */
    private List<String> users(World world, int laptop) {
        List<String> users = new ArrayList<>(List.of(laptops > 1 ? Actor.ROAMING : Actor.SHARED));
        for (int number = 0; number < laptops * servers; number++) {
            for (int user = 0; user < 3 && (laptop < 0 || world.laptopOf(number) == laptop); user++) {
                users.add("user-" + number + "-" + user);
            }
        }
        return users;
    }

    private Map<String, Map<String, String>> everything(World world, Path database, List<String> users) {
        Map<String, Map<String, String>> memories = new HashMap<>();
        try (ServerProcess alone = world.startAlone(database)) {
            for (String user : users) {
                JsonNode all = alone.ask("get_all", Map.of("user_id", user, "limit", 1000));
                Map<String, String> values = new HashMap<>();
                all.path("memories")
                        .properties()
                        .forEach(memory ->
                                values.put(memory.getKey(), memory.getValue().asString()));
                memories.put(user, values);
            }
        }
        return memories;
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

    /**
     * The command line: {@code --seed N --seconds N --laptops N --servers N --upstream unified|reference}. Ends with 1 when anything
     * was lost or came back.
     */
    public static void main(String... arguments) throws IOException {
        Map<String, String> options = new HashMap<>(
                Map.of("--seed", "1", "--seconds", "60", "--laptops", "1", "--servers", "2", "--upstream", "unified"));
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            if (options.put(arguments[i], arguments[i + 1]) == null) {
                throw new IllegalArgumentException("unknown option " + arguments[i]);
            }
        }
        ChaosRun run = new ChaosRun(
                Long.parseLong(options.getOrDefault("--seed", "")),
                Duration.ofSeconds(Long.parseLong(options.getOrDefault("--seconds", ""))),
                Integer.parseInt(options.getOrDefault("--laptops", "")),
                Integer.parseInt(options.getOrDefault("--servers", "")),
                World.Kind.valueOf(options.getOrDefault("--upstream", "").toUpperCase(Locale.ROOT)));
        Path folder = Files.createTempDirectory("unified-memory-chaos");
        PrintStream out = System.out;
        out.println(run + " in " + folder);
        Counts counts = run.in(folder);
        counts.complaints().forEach(out::println);
        out.println(counts);
        boolean well = counts.of(Wrong.LOST) + counts.of(Wrong.RESURRECTED) + counts.of(Count.ERRORS) == 0;
        System.exit(well && counts.suffice() ? 0 : 1);
    }
}
