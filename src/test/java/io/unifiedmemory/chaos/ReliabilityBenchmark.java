package io.unifiedmemory.chaos;

import io.unifiedmemory.memory.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What trouble costs: how fast a store is acknowledged beside an upstream in each state, and how fast a backlog is delivered. */
final class ReliabilityBenchmark {

    private static final int WARM_UP = 500;
    private static final List<Integer> PENDING = List.of(100_000, 1_000_000);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final List<String> DOWN = List.of("false");

    private final Path folder;
    private final PrintStream out;

    private ReliabilityBenchmark(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    public static void main(String... arguments) throws IOException, InterruptedException {
        new ReliabilityBenchmark(Files.createTempDirectory("unified-memory-benchmark"), System.out).run();
    }

    private void run() throws IOException, InterruptedException {
        out.println("| store acknowledged with | stores | p50 ms | p99 ms |\n| --- | --- | --- | --- |");
        stores("no upstream", "none", null, 2000);
        stores("the reference server, healthy", "healthy", reference(), 200);
        stores("the upstream down, breaker open", "down", DOWN, 2000);
        for (int pending : PENDING) {
            String name = "pending-" + pending;
            start(name, DOWN).close();
            prefill(database(name), pending);
            stores(pending + " rows pending, breaker open", name, DOWN, 2000);
        }
        out.println("\n| from the upstream's return to an empty outbox | rows | s |\n| --- | --- | --- |");
        delivery("the reference server", "drain-reference", reference(), 10_000);
        List<String> ours = ServerProcess.command(
                List.of("--db", folder.resolve("upstream.db").toString()));
        delivery("another instance of this server", "drain-unified", ours, 10_000);
    }

    private static List<String> reference() {
        return List.of("node", World.referenceServer().toString());
    }

    private void stores(String what, String name, @Nullable List<String> upstream, int count) throws IOException {
        try (ServerProcess server = start(name, upstream)) {
            if (upstream != null) {
                awaitSettled(server, upstream.equals(DOWN));
            }
            store(server, 0, upstream == null || upstream.equals(DOWN) ? WARM_UP : 50);
            long[] nanos = store(server, WARM_UP, count);
            Arrays.sort(nanos);
            out.printf(
                    "| %s | %d | %.2f | %.2f |%n", what, count, nanos[count / 2] / 1e6, nanos[count * 99 / 100] / 1e6);
        }
    }

    /** Until the upstream is up; or, when it is down, until nobody is kept waiting for it any more. */
    private static void awaitSettled(ServerProcess server, boolean down) {
        server.askUntil("health", Map.of(), PATIENCE, health -> {
            if (!down) {
                return health.at("/backends/" + World.UPSTREAM + "/up").asBoolean();
            }
            store(server, 0, 1);
            return health.at("/backends/" + World.UPSTREAM + "/breaker")
                    .asString()
                    .equals("open");
        });
    }

    private static long[] store(ServerProcess server, int first, int count) {
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            String key = "key-" + (first + i);
            long start = System.nanoTime();
            server.ask("store", Map.of("user_id", "anna", "key", key, "value", "What is to be remembered of " + key));
            nanos[i] = System.nanoTime() - start;
        }
        return nanos;
    }

    private static void prefill(Path database, int pending) throws IOException, InterruptedException {
        String sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + pending + ")"
                + " INSERT INTO outbox (backend, user_id, scope, key, operation, version, attempts, due_at, dead)"
                + " SELECT '" + World.UPSTREAM + "', 'user-' || (i % 1000), 'KEY', 'key-' || i, 'DELETE',"
                + " ((strftime('%s') - 3600) * 1000 << 16) + i, 0, 0, 0 FROM n";
        Process sqlite = new ProcessBuilder("sqlite3", database.toString(), sql)
                .inheritIO()
                .start();
        if (sqlite.waitFor() != 0) {
            throw new IOException("sqlite3 could not fill " + database);
        }
    }

    private void delivery(String what, String name, List<String> upstream, int count) throws IOException {
        try (ServerProcess server = start(name, DOWN)) {
            awaitSettled(server, true);
            store(server, 0, count);
        }
        try (ServerProcess server = start(name, upstream)) {
            awaitSettled(server, false);
            long start = System.nanoTime();
            server.askUntil(
                    "health",
                    Map.of(),
                    PATIENCE,
                    health -> health.at("/backends/" + World.UPSTREAM + "/pending")
                                    .asInt(-1)
                            == 0);
            out.printf("| %s | %d | %.1f |%n", what, count, (System.nanoTime() - start) / 1e9);
        }
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
