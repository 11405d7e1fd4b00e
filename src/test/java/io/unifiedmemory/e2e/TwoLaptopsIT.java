package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.memory.HlcTimestamp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Two machines with a database each share one upstream, another instance of this server. Whatever both write to the
 * same keys, offline and at once, all three end with the same.
 */
class TwoLaptopsIT {

    private static final Map<String, Object> TEAM = Map.of("user_id", "team");
    private static final int KEYS = 5;
    private static final int CALLS = 60;
    private static final HlcTimestamp TIE = HlcTimestamp.atMillis(System.currentTimeMillis() - 60_000);

    @TempDir
    private Path folder;

    @TempDir
    private Path otherFolder;

    @Test
    void concurrentWritesOfTheSameKeysSettleToTheSameEverywhere() {
        Home one = new Home(folder);
        Home two = new Home(otherFolder);
        try (McpProcess left = one.local().start();
                McpProcess right = two.local().start()) {
            left.initialize();
            right.initialize();
            write(left, "store", Map.of("user_id", "team", "key", "tie", "value", "left"));
            write(right, "store", Map.of("user_id", "team", "key", "tie", "value", "right"));
            write(left, "store", Map.of("user_id", "team", "key", "gone", "value", "left"));
            write(right, "delete", Map.of("user_id", "team", "key", "gone"));
            together(left, right, 1);
        }
        try (McpProcess left = connected(one).start();
                McpProcess right = connected(two).start()) {
            left.initialize();
            right.initialize();
            together(left, right, 2);
            JsonNode here;
            JsonNode there;
            int comparisons = 0;
            do {
                here = reconcile(left);
                there = reconcile(right);
                assertThat(++comparisons).as(here + " " + there).isLessThan(10);
            } while (here.path("drift").asInt() + there.path("drift").asInt() > 0);
        }

        JsonNode ofOne = everything(one.database());
        assertThat(ofOne.size()).isPositive();
        assertThat(ofOne.has("tie")).isTrue();
        assertThat(ofOne.has("gone")).isFalse();
        assertThat(everything(two.database())).isEqualTo(ofOne);
        assertThat(everything(shared())).isEqualTo(ofOne);
    }

    /** Both write at the same time. */
    private static void together(McpProcess left, McpProcess right, long seed) {
        CompletableFuture<Void> other = Async.run(() -> writeAtRandom(right, "right", 2 * seed));
        writeAtRandom(left, "left", 2 * seed + 1);
        other.join();
    }

    private static void writeAtRandom(McpProcess laptop, String name, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < CALLS; i++) {
            String key = "k" + random.nextInt(KEYS);
            if (random.nextInt(3) == 0) {
                laptop.ask("delete", Map.of("user_id", "team", "key", key));
            } else {
                laptop.ask("store", Map.of("user_id", "team", "key", key, "value", name + " " + i));
            }
        }
    }

    /** A write as of a clock that both laptops show. */
    private static void write(McpProcess laptop, String tool, Map<String, Object> arguments) {
        Map<String, Object> meta = Map.of("io.unifiedmemory/write", Map.of("version", Long.toString(TIE.stamp())));
        JsonNode reply = laptop.request("tools/call", Map.of("name", tool, "arguments", arguments, "_meta", meta));
        assertThat(reply.at("/result/isError").asBoolean(false))
                .as(reply.toString())
                .isFalse();
    }

    private static JsonNode reconcile(McpProcess laptop) {
        JsonNode found = laptop.ask("reconcile", Map.of());
        assertThat(found.path("complete").asBoolean()).as(found.toString()).isTrue();
        laptop.askUntil(
                "health",
                Map.of(),
                health -> health.at("/backends/" + Home.UPSTREAM + "/pending").asInt(-1) == 0);
        return found.at("/backends/" + Home.UPSTREAM);
    }

    private static JsonNode everything(Path database) {
        try (McpProcess alone = Launch.jar("--db", database.toString()).start()) {
            alone.initialize();
            return alone.ask("get_all", TEAM).path("memories");
        }
    }

    private Launch connected(Home home) {
        List<String> upstream =
                new ArrayList<>(Launch.jar("--db", shared().toString()).command());
        return home.withUpstream(upstream.remove(0), upstream, 30_000);
    }

    private Path shared() {
        return folder.resolve("shared.db");
    }
}
