package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.chaos.Model.Place;
import io.unifiedmemory.memory.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One client with its server process, which it torments. What it does follows from its seed; when it is cut off, by how
 * fast the machine is. For one thread.
 */
final class Actor implements AutoCloseable {

    /** Whose memories all actors write, each to keys of its own. */
    static final String SHARED = "shared";

    /** Whose memories all actors on all laptops write, to the same keys, one after the other. */
    static final String ROAMING = "roaming";

    private static final int KEYS = 12;
    private static final Duration OLD_AGE = Duration.ofDays(60);
    private static final long CLOCK_STEP_NANOS = Duration.ofMillis(5).toNanos();
    private static final int MIN_CALLS_BETWEEN_FAULTS = 40;
    private static final int MAX_CALLS_BETWEEN_FAULTS = 250;
    private static final int MAX_KILL_DELAY_LOG2_MICROS = 16;
    private static final int MAX_PAUSE_MICROS = 3000;
    private static final long MAX_CALM_NANOS = Duration.ofSeconds(6).toNanos();

    private final int number;
    private final World world;
    private final Random random;
    private final List<Fault> faults = new ArrayList<>();
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

    void run(BooleanSupplier isOver) {
        while (!isOver.getAsBoolean()) {
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

    /** What can be done to a server or its upstream. */
    private enum Fault {
        KILL_SERVER,
        KILL_UPSTREAM,
        KEEP_UPSTREAM_DOWN,
        SLOW_UPSTREAM,
        FREEZE_UPSTREAM
    }

    /** Each kind once, in random order, before any comes again; what found no upstream to strike comes next time. */
    private void trouble() {
        if (faults.isEmpty()) {
            faults.addAll(List.of(Fault.values()));
            Collections.shuffle(faults, random);
        }
        int last = faults.size() - 1;
        if (strike(faults.get(last))) {
            faults.remove(last);
        }
    }

    private boolean strike(Fault fault) {
        List<ProcessHandle> children = server.children();
        if (fault == Fault.KILL_SERVER) {
            long micros = random.nextInt(1 << random.nextInt(1, MAX_KILL_DELAY_LOG2_MICROS));
            operate(() -> {
                // The moment of the kill is part of the seed: anywhere between the call and its answer, or after.
                LockSupport.parkNanos(micros * 1000);
                return killed(children);
            });
            return true;
        }
        switch (fault) {
            case KEEP_UPSTREAM_DOWN -> world.keepUpstreamDown(server, Duration.ofMillis(random.nextInt(500, 8000)));
            case SLOW_UPSTREAM -> world.slowUpstream(server, Duration.ofMillis(random.nextInt(500, 5000)));
            case FREEZE_UPSTREAM -> world.freezeUpstream(server, Duration.ofMillis(random.nextInt(50, 8000)));
            default -> world.killUpstream(server);
        }
        return !children.isEmpty();
    }

    private @Nullable JsonNode killed(List<ProcessHandle> children) {
        world.kill(server, children);
        JsonNode answer = answer();
        server = world.start(number);
        return answer;
    }

    /** The result of the last call; null when there is no certainty. */
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
        return result;
    }

    /** @param answer waits for the answer to the call; null when there is no certainty */
    private void operate(Supplier<@Nullable JsonNode> answer) {
        world.counts().add(Count.OPERATIONS);
        int dice = random.nextInt(1000);
        if (random.nextInt(5) > 0) {
            operate(answer, dice, "user-" + number + "-" + random.nextInt(3));
        } else if (world.laptops() > 1) {
            operateInTurn(answer, dice);
        } else {
            boolean alone = dice >= 570 && dice < 600;
            Lock lock = alone ? world.lock().writeLock() : world.lock().readLock();
            lock.lock();
            try {
                operate(answer, dice, SHARED);
            } finally {
                lock.unlock();
            }
        }
    }

    /** What others write on other laptops comes after what they wrote before by the clock, too. */
    private void operateInTurn(Supplier<@Nullable JsonNode> answer, int dice) {
        world.lock().writeLock().lock();
        try {
            LockSupport.parkNanos(CLOCK_STEP_NANOS);
            operate(answer, dice, ROAMING);
            LockSupport.parkNanos(CLOCK_STEP_NANOS);
        } finally {
            world.lock().writeLock().unlock();
        }
    }

    private void operate(Supplier<@Nullable JsonNode> answer, int dice, String user) {
        String owner = user.equals(ROAMING) ? "all" : Integer.toString(number);
        Place key = new Place(user, "key-" + owner + "-" + random.nextInt(KEYS));
        if (dice < 350) {
            store(key, answer);
        } else if (dice < 450) {
            storeOld(key, answer);
        } else if (dice < 570) {
            delete(key, answer);
        } else if (dice < 580) {
            deleteAll(user, answer);
        } else if (dice < 600) {
            cleanUp(user, answer);
        } else if (dice < 860) {
            retrieve(key, answer);
        } else if (dice < 930) {
            getAll(user, answer);
        } else {
            search(user, answer);
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

    /** Stores a memory that is long out of date, as another machine that has had it since then would. */
    private void storeOld(Place key, Supplier<@Nullable JsonNode> answer) {
        String value = Model.OLD + number + "." + ++values + " Grüße";
        String version = Long.toString(
                Version.atMillis(System.currentTimeMillis()).next().stamp());
        String time = Instant.now().minus(OLD_AGE).toString();
        Map<String, String> write = Map.of("version", version, "created_at", time, "updated_at", time);
        server.send(
                "store",
                Map.of("user_id", key.user(), "key", key.key(), "value", value),
                Map.of("io.unifiedmemory/write", write));
        JsonNode result = answer.get();
        boolean refused = result != null
                && !result.path("_meta")
                        .path("io.unifiedmemory/lookup")
                        .path("version")
                        .asString("")
                        .equals(version);
        boolean acknowledged = written(result);
        if (!refused) {
            world.model().write(key, value, acknowledged);
        }
    }

    private void cleanUp(String user, Supplier<@Nullable JsonNode> answer) {
        send("cleanup", Map.of("user_id", user, "max_age_days", OLD_AGE.toDays() - 1));
        JsonNode result = answer.get();
        // What is old on another laptop may not have arrived here: then it stays.
        world.model().expire(user, written(result) && !user.equals(ROAMING));
        if (result != null) {
            world.counts().add(Count.CLEANED_UP, content(result).path("deleted").asLong());
        }
    }

    private void delete(Place key, Supplier<@Nullable JsonNode> answer) {
        send("delete", Map.of("user_id", key.user(), "key", key.key()));
        world.model().write(key, Model.ABSENT, written(answer.get()));
    }

    private void deleteAll(String user, Supplier<@Nullable JsonNode> answer) {
        send("delete", Map.of("user_id", user, "all", true));
        world.model().writeAll(user, Model.ABSENT, written(answer.get()));
    }

    private static JsonNode content(JsonNode result) {
        return result.path("structuredContent");
    }

    private boolean written(@Nullable JsonNode result) {
        if (result == null) {
            return false;
        }
        JsonNode answer = content(result);
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
        JsonNode result = answer.get();
        if (result != null && own(key.user()).contains(key)) {
            JsonNode read = content(result);
            String found =
                    read.path("found").asBoolean() ? read.at("/entry/value").asString() : Model.ABSENT;
            compare("retrieve " + read.path("source"), key, found);
        }
    }

    private void getAll(String user, Supplier<@Nullable JsonNode> answer) {
        send("get_all", Map.of("user_id", user, "limit", 1000));
        JsonNode result = answer.get();
        if (result != null) {
            JsonNode memories = content(result).path("memories");
            own(user)
                    .forEach(key ->
                            compare("get_all", key, memories.path(key.key()).asString(Model.ABSENT)));
        }
    }

    private void search(String user, Supplier<@Nullable JsonNode> answer) {
        send("search", Map.of("user_id", user, "query", "Grüße", "limit", 100));
        JsonNode result = answer.get();
        if (result != null) {
            for (JsonNode hit : content(result).path("results")) {
                Place key = new Place(user, hit.path("key").asString());
                if (own(user).contains(key)) {
                    compare(
                            "search " + hit.path("backends"),
                            key,
                            hit.path("value").asString());
                }
            }
        }
    }

    private void compare(String where, Place key, String found) {
        world.counts().addAll(world.model().compare(where, key, found));
    }

    /** The keys that no other actor writes at the same time. */
    private List<Place> own(String user) {
        return world.model().keysOf(user).stream()
                .filter(key -> key.key().startsWith("key-" + number + "-"))
                .toList();
    }

    /** Takes what other laptops wrote. */
    void reconcile() {
        JsonNode found = server.ask("reconcile", Map.of());
        if (!found.path("complete").asBoolean()) {
            throw new IllegalStateException("actor " + number + " could not compare: " + found);
        }
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
