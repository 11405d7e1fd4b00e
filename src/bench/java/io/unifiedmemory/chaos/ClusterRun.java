package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.harness.Async;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Random operations of several clients on a {@link Cluster} while its servers, its database and its upstream are killed,
 * frozen and cut off; then a reckoning of what was acknowledged with what all servers and the upstream hold.
 *
 * @param seed decides what each client does and what befalls the cluster
 * @param time how long to go on before the reckoning
 */
record ClusterRun(long seed, Duration time, int instances, int clients) {

    /** How long everything may take to be delivered once all trouble has ended. */
    private static final Duration RECOVERY = Duration.ofSeconds(90);

    /** A shorter run need not meet with everything. */
    private static final Duration SHORT = Duration.ofMinutes(1);

    /** Runs in an empty folder, which keeps the logs and the file of the upstream. */
    Counts in(Path folder) {
        Counts counts = new Counts();
        // All clients see one database, so to the model they are on one machine.
        Model model = new Model(1, true, Set.of());
        try (Cluster cluster = new Cluster(folder, instances, counts, seed)) {
            List<ClusterClient> all = IntStream.range(0, clients)
                    .mapToObj(number -> new ClusterClient(number, cluster, model, counts, seed))
                    .toList();
            long end = System.nanoTime() + time.toNanos();
            BooleanSupplier isOver = () -> System.nanoTime() > end;
            List<CompletableFuture<Void>> running = new ArrayList<>();
            all.forEach(client -> running.add(Async.run(() -> client.run(isOver))));
            running.add(Async.run(() -> new ClusterTrouble(cluster, counts, seed).run(isOver)));
            running.forEach(CompletableFuture::join);
            Set<String> users = new HashSet<>();
            for (int client = 0; client < clients; client++) {
                users.addAll(ClusterClient.users(client));
            }
            ClusterClient judge = all.get(0);
            judge.awaitDelivery(0, RECOVERY);
            for (int instance = 0; instance < instances; instance++) {
                judge.reckon(instance, List.copyOf(users));
            }
            cluster.upstream().close();
            reckonUpstream(cluster.upstreamFile(), folder, users, model, counts);
        }
        return counts;
    }

    private static void reckonUpstream(Path file, Path folder, Set<String> users, Model model, Counts counts) {
        try (ServerProcess alone = new ServerProcess(List.of("--db", file.toString()), folder.resolve("alone.log"))) {
            for (String user : users) {
                JsonNode page = alone.ask("get_all", Map.of("user_id", user, "limit", 1_000));
                Map<String, String> values = new HashMap<>();
                page.path("memories")
                        .properties()
                        .forEach(memory ->
                                values.put(memory.getKey(), memory.getValue().asString()));
                counts.addAll(model.compareAll("upstream", user, values));
            }
        }
    }

    /** Whether enough happened for the run to mean something. */
    boolean suffices(Counts counts) {
        return counts.of(Count.ACKNOWLEDGED) >= 5 * time.toSeconds()
                && counts.of(Count.FAILOVERS) >= 1
                && counts.of(Count.SERVER_KILLS) >= 1
                && (time.compareTo(SHORT) < 0
                        || (counts.of(Count.DATABASE_KILLS) >= 1 && counts.of(Count.LOST_COMMITS) >= 1));
    }
}
