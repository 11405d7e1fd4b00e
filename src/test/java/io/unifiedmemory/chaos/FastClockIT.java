package io.unifiedmemory.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Two machines share an upstream, and the clock of one is two minutes ahead. What the other is shown it deletes and
 * replaces: that holds, though the upstream hears of it later.
 */
@Execution(ExecutionMode.CONCURRENT)
class FastClockIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> WAYS_TO_READ = List.of("retrieve", "get_all", "search");
    private static final List<String> CHANGES = List.of("delete", "delete all", "store");

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "wait {0}, upstream frozen: {1}")
    @CsvSource({"all, false", "local, false", "all, true", "local, true"})
    void whatFollowsAReadHolds(String wait, boolean frozen) throws Exception {
        MachineClock ahead = new MachineClock(folder.resolve("clock"));
        ahead.set(Duration.ofMinutes(2));
        try (ServerProcess theirs = start("theirs", "all", ahead.environment());
                ServerProcess ours = start("ours", wait, Map.of())) {
            awaitDelivery(theirs);
            awaitDelivery(ours);
            for (String user : users()) {
                theirs.ask("store", memory(user, "theirs"));
            }
            awaitDelivery(theirs);
            users().forEach(user -> awaitShown(ours, user));
            if (frozen) {
                ours.signalChildren("STOP");
            }
            for (String user : users()) {
                change(ours, user);
            }
            assertChanged(ours, "at once");
            if (frozen) {
                ours.signalChildren("CONT");
            }
            awaitDelivery(ours);
            theirs.ask("reconcile", Map.of());
            ours.ask("reconcile", Map.of());
            assertChanged(ours, "here");
            assertChanged(theirs, "there");
        }
        try (ServerProcess shared = new ServerProcess(
                List.of("--db", folder.resolve("shared.db").toString()), folder.resolve("shared.log"))) {
            assertChanged(shared, "in the upstream");
        }
        try (ServerProcess ours =
                new ServerProcess(List.of("--db", folder.resolve("ours.db").toString()), folder.resolve("alone.log"))) {
            assertChanged(ours, "here, without the upstream");
        }
    }

    /** One for each way to read and each change, named by them. */
    private static List<String> users() {
        List<String> users = new ArrayList<>();
        WAYS_TO_READ.forEach(read -> CHANGES.forEach(change -> users.add(read + ", " + change)));
        return users;
    }

    /** A busy machine may need more than one try to hear the upstream in time. */
    private static void awaitShown(ServerProcess server, String user) {
        String tool = user.substring(0, user.indexOf(','));
        Map<String, Object> arguments = switch (tool) {
            case "retrieve" -> key(user);
            case "search" -> Map.of("user_id", user, "query", "theirs");
            default -> Map.of("user_id", user);
        };
        server.askUntil(tool, arguments, PATIENCE, read -> read.toString().contains("theirs"));
    }

    private static void change(ServerProcess server, String user) {
        if (user.endsWith("store")) {
            server.ask("store", memory(user, "ours"));
        } else if (user.endsWith("all")) {
            server.ask("delete", Map.of("user_id", user, "all", true));
        } else {
            server.ask("delete", key(user));
        }
    }

    private static void assertChanged(ServerProcess server, String where) {
        for (String user : users()) {
            JsonNode read = server.ask("retrieve", key(user));
            assertThat(read.at("/entry/value").asString(""))
                    .as(user + " " + where + ": " + read)
                    .isEqualTo(user.endsWith("store") ? "ours" : "");
        }
    }

    private static void awaitDelivery(ServerProcess server) {
        server.askUntil("health", Map.of(), PATIENCE, health -> {
            JsonNode upstream = health.at("/backends/" + World.UPSTREAM);
            return upstream.path("up").asBoolean() && upstream.path("pending").asInt(-1) == 0;
        });
    }

    private ServerProcess start(String name, String wait, Map<String, String> environment) throws IOException {
        List<String> upstream = new ArrayList<>(
                BuiltJar.command(List.of("--db", folder.resolve("shared.db").toString())));
        Map<String, Object> options =
                Map.of("command", upstream.remove(0), "args", upstream, "timeoutMs", 3_000, "maxRetries", 0);
        Path config = folder.resolve(name + ".json");
        Files.writeString(config, Json.write(Map.of("upstreams", Map.of(World.UPSTREAM, options))));
        String database = folder.resolve(name + ".db").toString();
        return new ServerProcess(
                List.of("--db", database, "--config", config.toString(), "--wait", wait),
                environment,
                folder.resolve(name + ".log"));
    }

    private static Map<String, Object> key(String user) {
        return Map.of("user_id", user, "key", "key");
    }

    private static Map<String, Object> memory(String user, String value) {
        return Map.of("user_id", user, "key", "key", "value", value);
    }
}
