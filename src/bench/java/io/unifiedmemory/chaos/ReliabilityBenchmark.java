package io.unifiedmemory.chaos;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What trouble costs: how fast a store is acknowledged beside an upstream in each state, and how fast a backlog is
 * delivered. The states take turns of a few stores each, so that whatever else the machine does strikes all alike.
 */
final class ReliabilityBenchmark {

    private static final int TURNS = 40;
    private static final int STORES_PER_TURN = 50;
    private static final int WARM_UP_TURNS = 20;

    /** The reference server rewrites its whole file with each store. */
    private static final int SLOW_STORES_PER_TURN = 5;

    private static final int BACKLOG = 10_000;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();
    private static final List<String> DOWN = List.of("false");

    private final Path folder;
    private final PrintStream out;

    private ReliabilityBenchmark(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    public static void main(String... arguments) throws IOException, InterruptedException {
        ReliabilityBenchmark benchmark =
                new ReliabilityBenchmark(Files.createTempDirectory("unified-memory-benchmark"), System.out);
        benchmark.acknowledgements();
        benchmark.deliveries();
    }

    /** A server in one of the states, and how long each of its stores took. */
    private record State(String what, ServerProcess server, int storesPerTurn, List<Long> nanos) {

        State(String what, ServerProcess server, int storesPerTurn) {
            this(what, server, storesPerTurn, new ArrayList<>());
        }

        void takeTurn() {
            for (int i = 0; i < storesPerTurn; i++) {
                String key = "key-" + nanos.size();
                long start = System.nanoTime();
                store(server, key);
                nanos.add(System.nanoTime() - start);
            }
        }

        /** In milliseconds. */
        double percentile(int percent) {
            long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
            return sorted[sorted.length * percent / 100] / 1e6;
        }
    }

    private void acknowledgements() throws IOException, InterruptedException {
        List<State> states = new ArrayList<>();
        try {
            states.add(new State("no upstream", start("none", null), STORES_PER_TURN));
            states.add(new State("another instance of this server", healthy("unified", ours()), STORES_PER_TURN));
            states.add(new State("the reference server", healthy("reference", reference()), SLOW_STORES_PER_TURN));
            states.add(new State("the upstream down, breaker open", down("down", 0), STORES_PER_TURN));
            for (int pending : List.of(100_000, 1_000_000)) {
                String what = "the same with %,d rows pending".formatted(pending);
                states.add(new State(what, down("pending-" + pending, pending), STORES_PER_TURN));
            }
            for (int turn = 0; turn < WARM_UP_TURNS; turn++) {
                states.forEach(State::takeTurn);
            }
            states.forEach(state -> state.nanos.clear());
            for (int turn = 0; turn < TURNS; turn++) {
                states.forEach(State::takeTurn);
            }
        } finally {
            states.forEach(state -> state.server.close());
        }
        State first = states.get(0);
        out.println("| `store` acknowledged with | stores | p50 ms | p99 ms | p50 and p99 to the first |");
        out.println("| --- | --- | --- | --- | --- |");
        for (State state : states) {
            out.printf(
                    "| %s | %,d | %.2f | %.2f | %.2f, %.2f |%n",
                    state.what,
                    state.nanos.size(),
                    state.percentile(50),
                    state.percentile(99),
                    state.percentile(50) / first.percentile(50),
                    state.percentile(99) / first.percentile(99));
        }
    }

    private ServerProcess healthy(String name, List<String> upstream) throws IOException {
        ServerProcess server = start(name, upstream);
        server.askUntil(
                "health",
                Map.of(),
                PATIENCE,
                health -> upstream(health).path("up").asBoolean());
        return server;
    }

    private ServerProcess down(String name, int pending) throws IOException, InterruptedException {
        if (pending > 0) {
            start(name, DOWN).close();
            prefill(database(name), pending);
        }
        ServerProcess server = start(name, DOWN);
        awaitOpenBreaker(server);
        return server;
    }

    /** Until nobody is kept waiting for the upstream any more. */
    private static void awaitOpenBreaker(ServerProcess server) {
        server.askUntil("health", Map.of(), PATIENCE, health -> {
            store(server, "key");
            return upstream(health).path("breaker").asString().equals("open");
        });
    }

    private static JsonNode upstream(JsonNode health) {
        return health.at("/backends/" + World.UPSTREAM);
    }

    private static void store(ServerProcess server, String key) {
        server.ask("store", Map.of("user_id", "anna", "key", key, "value", "What is to be remembered of " + key));
    }

    private static void prefill(Path database, int pending) throws IOException, InterruptedException {
        String sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + pending + ")"
                + " INSERT INTO outbox (backend, user_id, scope, key, operation, version, attempts, due_at, dead)"
                + " SELECT '" + World.UPSTREAM + "', CASE i % 10 WHEN 0 THEN 'anna' ELSE 'user-' || (i % 1000) END,"
                + " 'KEY', 'pending-' || i, 'DELETE', ((strftime('%s') - 3600) * 1000 << 16) + i, 0, 0, 0 FROM n";
        Process sqlite = new ProcessBuilder("sqlite3", database.toString(), sql)
                .inheritIO()
                .start();
        if (sqlite.waitFor() != 0) {
            throw new IOException("sqlite3 could not fill " + database);
        }
    }

    private void deliveries() throws IOException {
        out.println("\n| from the upstream's return to an empty outbox | rows | s | rows per s |\n"
                + "| --- | --- | --- | --- |");
        delivery("another instance of this server", "drain-unified", ours());
        delivery("the reference server", "drain-reference", reference());
    }

    /** The upstream is a program that cannot be started until it returns; then the next look at the health finds it. */
    private void delivery(String what, String name, List<String> upstream) throws IOException {
        Path returned = folder.resolve(name + ".returned");
        List<String> away = new ArrayList<>(List.of("sh", "-c", "test -e \"$0\" && exec \"$@\"", returned.toString()));
        away.addAll(upstream);
        try (ServerProcess server = start(name, away)) {
            awaitOpenBreaker(server);
            for (int i = 0; i < BACKLOG; i++) {
                store(server, "key-" + i);
            }
            Files.createFile(returned);
            long start = System.nanoTime();
            server.askUntil("health", Map.of(), PATIENCE, health -> {
                boolean delivered = upstream(health).path("pending").asInt(-1) == 0;
                LockSupport.parkNanos(delivered ? 0 : LOOK_NANOS);
                return delivered;
            });
            double seconds = (System.nanoTime() - start) / 1e9;
            out.printf("| %s | %,d | %.1f | %,.0f |%n", what, BACKLOG, seconds, BACKLOG / seconds);
        }
    }

    private List<String> ours() {
        return BuiltJar.command(List.of("--db", folder.resolve("upstream.db").toString()));
    }

    private static List<String> reference() {
        return List.of("node", World.referenceServer().toString());
    }

    private Path database(String name) {
        return folder.resolve(name + ".db");
    }

    private ServerProcess start(String name, @Nullable List<String> upstream) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--db", database(name).toString()));
        if (upstream != null) {
            Path config = folder.resolve(name + ".json");
            Map<String, Object> entry = Map.of(
                    "command",
                    upstream.get(0),
                    "args",
                    upstream.subList(1, upstream.size()),
                    "env",
                    Map.of("MEMORY_FILE_PATH", folder.resolve(name + ".jsonl").toString()));
            Files.writeString(config, Json.write(Map.of("upstreams", Map.of(World.UPSTREAM, entry))));
            arguments.addAll(List.of("--config", config.toString()));
        }
        return new ServerProcess(arguments, folder.resolve(name + ".log"));
    }
}
