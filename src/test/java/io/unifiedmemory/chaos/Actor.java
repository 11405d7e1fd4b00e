package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.chaos.Model.Place;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One client with its server process, which it torments. What it does follows from its seed; when it is cut off, by how
 * fast the machine is. For one thread.
 */
final class Actor implements AutoCloseable {

    private static final int KEYS = 12;
    private static final int MIN_CALLS_BETWEEN_FAULTS = 40;
    private static final int MAX_CALLS_BETWEEN_FAULTS = 250;
    private static final int MAX_KILL_DELAY_LOG2_MICROS = 16;
    private static final int MAX_PAUSE_MICROS = 3000;
    private static final long MAX_CALM_NANOS = Duration.ofSeconds(10).toNanos();

    private final int number;
    private final World world;
    private final Random random;
    private ServerProcess server;
    private int untilFault;
    private long values;
    /** Whether the last write was not confirmed by the upstream. */
    private boolean delayed;
    /** Whether no write has been confirmed since the last fault. */
    private boolean outage;

    private boolean awaitsRecovery;
    private long lastFault;

    Actor(int number, World world, long seed) {
        this.number = number;
        this.world = world;
        this.random = new Random(seed * 31 + number);
        this.server = world.start(number);
        this.untilFault = callsBetweenFaults();
    }

    void run(long deadline) {
        while (System.nanoTime() < deadline) {
            if (--untilFault < 0 && !isCalm()) {
                untilFault = callsBetweenFaults();
                awaitsRecovery = random.nextInt(4) > 0;
                outage = true;
                trouble();
                lastFault = System.nanoTime();
            } else {
                operate(this::answer);
                LockSupport.parkNanos(random.nextInt(MAX_PAUSE_MICROS) * 1000L);
            }
        }
    }

    /** Most faults strike a whole world, some one that has not yet got over the last: but none waits for ever. */
    private boolean isCalm() {
        return awaitsRecovery && outage && System.nanoTime() - lastFault < MAX_CALM_NANOS;
    }

    private int callsBetweenFaults() {
        return random.nextInt(MIN_CALLS_BETWEEN_FAULTS, MAX_CALLS_BETWEEN_FAULTS);
    }

    private void trouble() {
        switch (random.nextInt(4)) {
            case 0 -> {
                long micros = random.nextInt(1 << random.nextInt(1, MAX_KILL_DELAY_LOG2_MICROS));
                List<ProcessHandle> children = server.children();
                operate(() -> {
                    // The moment of the kill is part of the seed: anywhere between the call and its answer, or after.
                    LockSupport.parkNanos(micros * 1000);
                    return killed(children);
                });
            }
            case 1 -> world.killUpstream(server);
            case 2 -> world.keepUpstreamDown(server, Duration.ofMillis(random.nextInt(500, 8000)));
            default -> world.freezeUpstream(server, Duration.ofMillis(random.nextInt(50, 8000)));
        }
    }

    private @Nullable JsonNode killed(List<ProcessHandle> children) {
        world.kill(server, children);
        JsonNode answer = answer();
        server = world.start(number);
        return answer;
    }

    private @Nullable JsonNode answer() {
        JsonNode result = server.answer();
        if (result == null) {
            world.counts().add(Count.CUT_OFF);
            return null;
        }
        if (result.path("isError").asBoolean(false) || result.isMissingNode()) {
            world.counts().error("actor " + number + " was answered " + result);
            return null;
        }
        return result.path("structuredContent");
    }

    /** @param answer waits for the answer to the call; null when there is no certainty */
    private void operate(Supplier<@Nullable JsonNode> answer) {
        world.counts().add(Count.OPERATIONS);
        int dice = random.nextInt(1000);
        boolean shared = random.nextInt(5) == 0;
        String user = shared ? "shared" : "user-" + number + "-" + random.nextInt(3);
        Place key = new Place(user, "key-" + number + "-" + random.nextInt(KEYS));
        boolean alone = shared && dice >= 570 && dice < 580;
        Lock lock = alone ? world.lock().writeLock() : world.lock().readLock();
        lock.lock();
        try {
            if (dice < 450) {
                store(key, answer);
            } else if (dice < 570) {
                delete(key, answer);
            } else if (dice < 580) {
                deleteAll(user, answer);
            } else if (dice < 590) {
                send("cleanup", Map.of("user_id", user, "max_age_days", 1));
                written(answer.get());
            } else if (dice < 860) {
                retrieve(key, answer);
            } else if (dice < 930) {
                getAll(user, answer);
            } else {
                search(user, answer);
            }
        } finally {
            lock.unlock();
        }
    }

    private void send(String tool, Map<String, ?> arguments) {
        server.send(tool, (Object) arguments);
    }

    private void store(Place key, Supplier<@Nullable JsonNode> answer) {
        String value = number + "." + ++values + " Grüße \"👩🏽‍🚀\"\n" + "x".repeat(random.nextInt(200));
        send("store", Map.of("user_id", key.user(), "key", key.key(), "value", value));
        world.model().write(key, value, written(answer.get()));
    }

    private void delete(Place key, Supplier<@Nullable JsonNode> answer) {
        send("delete", Map.of("user_id", key.user(), "key", key.key()));
        world.model().write(key, Model.ABSENT, written(answer.get()));
    }

    private void deleteAll(String user, Supplier<@Nullable JsonNode> answer) {
        send("delete", Map.of("user_id", user, "all", true));
        world.model().writeAll(user, Model.ABSENT, written(answer.get()));
    }

    private boolean written(@Nullable JsonNode answer) {
        if (answer == null) {
            return false;
        }
        world.counts().add(Count.ACKNOWLEDGED);
        boolean late = !answer.at("/backends/" + World.UPSTREAM).asString("").matches("stored|deleted");
        if (late) {
            world.counts().add(Count.REPLAYS);
            if (!delayed) {
                world.counts().add(Count.OUTAGES);
            }
        }
        delayed = late;
        outage &= late;
        return true;
    }

    private void retrieve(Place key, Supplier<@Nullable JsonNode> answer) {
        send("retrieve", Map.of("user_id", key.user(), "key", key.key()));
        JsonNode read = answer.get();
        if (read != null) {
            String found =
                    read.path("found").asBoolean() ? read.at("/entry/value").asString() : Model.ABSENT;
            world.counts().addAll(world.model().compare("retrieve " + read.path("source"), key, found));
        }
    }

    private void getAll(String user, Supplier<@Nullable JsonNode> answer) {
        send("get_all", Map.of("user_id", user, "limit", 1000));
        JsonNode read = answer.get();
        if (read != null) {
            Map<String, String> found = new HashMap<>();
            read.path("memories")
                    .properties()
                    .forEach(memory ->
                            found.put(memory.getKey(), memory.getValue().asString()));
            own(user)
                    .forEach(key -> world.counts()
                            .addAll(world.model()
                                    .compare("get_all", key, found.getOrDefault(key.key(), Model.ABSENT))));
        }
    }

    private void search(String user, Supplier<@Nullable JsonNode> answer) {
        send("search", Map.of("user_id", user, "query", "Grüße", "limit", 100));
        JsonNode read = answer.get();
        if (read != null) {
            for (JsonNode hit : read.path("results")) {
                Place key = new Place(user, hit.path("key").asString());
                if (own(user).contains(key)) {
                    world.counts()
                            .addAll(world.model()
                                    .compare(
                                            "search " + hit.path("backends"),
                                            key,
                                            hit.path("value").asString()));
                }
            }
        }
    }

    /** The keys that no other actor writes at the same time. */
    private List<Place> own(String user) {
        return world.model().keysOf(user).stream()
                .filter(key -> key.key().startsWith("key-" + number + "-"))
                .toList();
    }

    /** Waits until the upstream is up and nothing is owed to it. */
    void awaitDelivery(Duration patience) {
        server.askUntil("health", Map.of(), patience, health -> {
            JsonNode upstream = health.at("/backends/" + World.UPSTREAM);
            return upstream.path("up").asBoolean()
                    && upstream.path("pending").asInt(-1) == 0
                    && upstream.path("dead_letters").asInt(-1) == 0;
        });
    }

    @Override
    public void close() {
        server.close();
    }
}
