package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.chaos.History.Outcome;
import io.unifiedmemory.chaos.Mix.Sqlite;
import io.unifiedmemory.chaos.Model.Place;
import io.unifiedmemory.chaos.Model.Read;
import io.unifiedmemory.chaos.Model.Violation;
import io.unifiedmemory.chaos.Model.Wrong;
import io.unifiedmemory.memory.HlcTimestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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

    /** Whose memories all actors on one machine write, each to keys of its own. */
    static final String SHARED = "shared";

    /** Whose memories all actors on all machines write, to the same keys, one after the other. */
    static final String ROAMING = "roaming";

    private static final int KEYS = 12;
    private static final int ROAMING_KEYS = 24;
    private static final Duration OLD_AGE = Duration.ofDays(60);
    private static final long CLOCK_STEP_NANOS = Duration.ofMillis(5).toNanos();
    private static final int MIN_CALLS_BETWEEN_FAULTS = 20;
    private static final int MAX_CALLS_BETWEEN_FAULTS = 120;
    private static final int MAX_KILL_DELAY_LOG2_MICROS = 16;
    private static final int MAX_PAUSE_MICROS = 3000;
    private static final long MAX_CALM_NANOS = Duration.ofSeconds(4).toNanos();
    private static final int MAX_PAGES = 200;

    private final int number;
    private final World world;
    private final Machine machine;
    private final Random random;
    private final List<Fault> faults = new ArrayList<>();
    private boolean sqlite;
    private ServerProcess server;
    private int untilFault;
    private long values;
    /** When what was read last was asked for. */
    private long asked;
    /** Whether the last write was not confirmed by the upstream. */
    private boolean delayed;
    /** Whether no write has been confirmed since the last fault. */
    private boolean outage;

    private boolean awaitsRecovery;
    private long lastFault;

    Actor(int number, World world, long seed) {
        this.number = number;
        this.world = world;
        this.machine = world.machineOf(number);
        this.random = new Random(seed * 31 + number);
        this.sqlite = world.mix().sqlite() != Sqlite.DISABLED;
        this.server = machine.start(number, sqlite);
        this.untilFault = callsBetweenFaults();
        faults.addAll(special(world.mix()));
    }

    void run(BooleanSupplier isOver) {
        while (!isOver.getAsBoolean()) {
            if (!server.isAlive()) {
                resurrect();
            } else if (--untilFault < 0 && !isCalm()) {
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

    /** A server may end by itself, or refuse to start, only where its disk is full. */
    private void resurrect() {
        if (machine.disk().isEmpty()) {
            world.counts().error("server " + number + " has ended by itself, see its log");
        }
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        server = machine.start(number, sqlite);
    }

    /** Most faults strike a whole world, some one that has not yet got over the last: but none waits for ever. */
    private boolean isCalm() {
        return awaitsRecovery && outage && System.nanoTime() - lastFault < MAX_CALM_NANOS;
    }

    private int callsBetweenFaults() {
        return random.nextInt(MIN_CALLS_BETWEEN_FAULTS, MAX_CALLS_BETWEEN_FAULTS);
    }

    /** What can be done to a server, its machine or its upstream. */
    private enum Fault {
        KILL_SERVER,
        KILL_UPSTREAM,
        KEEP_UPSTREAM_DOWN,
        SLOW_UPSTREAM,
        FREEZE_UPSTREAM,
        STORM,
        PARTITION,
        JUMP_CLOCK,
        FILL_DISK,
        TOGGLE_SQLITE
    }

    /** What can befall any server. */
    private static final List<Fault> USUAL = List.of(
            Fault.KILL_SERVER,
            Fault.KILL_UPSTREAM,
            Fault.KEEP_UPSTREAM_DOWN,
            Fault.SLOW_UPSTREAM,
            Fault.FREEZE_UPSTREAM);

    /** What a mix is there for. */
    private static List<Fault> special(Mix mix) {
        List<Fault> special = new ArrayList<>();
        if (mix.http()) {
            special.addAll(List.of(Fault.STORM, Fault.STORM, Fault.PARTITION));
        }
        if (mix.skewed()) {
            special.addAll(List.of(Fault.JUMP_CLOCK, Fault.JUMP_CLOCK));
        }
        if (mix.smallDisk()) {
            special.addAll(List.of(Fault.FILL_DISK, Fault.FILL_DISK, Fault.FILL_DISK));
        }
        if (mix.sqlite() == Sqlite.TOGGLED) {
            special.addAll(List.of(Fault.TOGGLE_SQLITE, Fault.TOGGLE_SQLITE));
        }
        return special;
    }

    /** Each kind once, in random order, before any comes again; what found no upstream to strike comes next time. */
    private void trouble() {
        if (faults.isEmpty()) {
            faults.addAll(USUAL);
            faults.addAll(special(world.mix()));
            Collections.shuffle(faults, random);
        }
        int last = faults.size() - 1;
        if (strike(faults.get(last))) {
            faults.remove(last);
        }
    }

    private Duration millis(int from, int to) {
        return Duration.ofMillis(random.nextInt(from, to));
    }

    private boolean strike(Fault fault) {
        List<ProcessHandle> upstream = world.upstreamOf(server, machine);
        switch (fault) {
            case KILL_SERVER -> killInTheMiddleOfACall();
            case TOGGLE_SQLITE -> restartToggled();
            case JUMP_CLOCK -> world.jumpClock(machine, random);
            case FILL_DISK -> world.fillDisk(machine, millis(500, 5000));
            case STORM -> {
                Duration length = millis(500, 5000);
                machine.proxy().ifPresent(proxy -> proxy.storm(length));
            }
            case PARTITION -> {
                Duration length = millis(500, 5000);
                machine.proxy().ifPresent(proxy -> proxy.partition(length));
            }
            case KEEP_UPSTREAM_DOWN -> world.keepUpstreamDown(server, machine, millis(500, 8000));
            case SLOW_UPSTREAM -> world.slowUpstream(server, machine, millis(500, 5000));
            case FREEZE_UPSTREAM -> world.freezeUpstream(server, machine, millis(50, 8000));
            case KILL_UPSTREAM -> world.killUpstream(server, machine);
        }
        return !upstream.isEmpty();
    }

    private void killInTheMiddleOfACall() {
        List<ProcessHandle> children = server.children();
        long micros = random.nextInt(1 << random.nextInt(1, MAX_KILL_DELAY_LOG2_MICROS));
        operate(() -> {
            // The moment of the kill is part of the seed: anywhere between the call and its answer, or after.
            LockSupport.parkNanos(micros * 1000);
            world.kill(server, children);
            return answer();
        });
        restart();
        if (isRoaming()) {
            // A new process knows of the clocks of others only what it reads.
            inTurn(() -> lookAndWrite(ROAMING, random.nextBoolean(), this::answer));
        }
    }

    /** What is written while the upstream does not answer is still owed to it when the other mode has begun. */
    private void restartToggled() {
        List<ProcessHandle> children = server.children();
        world.freezeUpstream(server, machine, Duration.ofSeconds(8));
        String user = "user-" + number + "-0";
        for (int i = 0; i < 4; i++) {
            Place key = new Place(user, "key-" + number + "-" + random.nextInt(KEYS));
            if (random.nextBoolean()) {
                store(key, this::answer);
            } else {
                delete(key, this::answer);
            }
        }
        world.kill(server, children);
        restart();
        getAll(user, this::answer, 100);
        for (int i = 0; i < KEYS; i++) {
            retrieve(new Place(user, "key-" + number + "-" + i), this::answer);
        }
    }

    private void restart() {
        if (world.mix().sqlite() == Sqlite.TOGGLED) {
            sqlite = !sqlite;
            world.counts().add(Count.SQLITE_TOGGLES);
        }
        server = machine.start(number, sqlite);
    }

    /** The result of the last call; null when there is no certainty. */
    private @Nullable JsonNode answer() {
        JsonNode result = server.answer();
        if (result == null) {
            world.counts().add(Count.CUT_OFF);
            return null;
        }
        if (result.path("isError").asBoolean(false) || result.isMissingNode()) {
            if (world.mix().mayRefuse() && !result.isMissingNode()) {
                world.counts().add(Count.REFUSED);
            } else {
                world.counts().error("actor " + number + " was answered " + result);
            }
            return null;
        }
        return result;
    }

    /** @param answer waits for the answer to the call; null when there is no certainty */
    private void operate(Supplier<@Nullable JsonNode> answer) {
        int dice = random.nextInt(1000);
        if (random.nextInt(5) > (isRoaming() ? 1 : 0)) {
            operate(answer, dice, "user-" + number + "-" + random.nextInt(3));
        } else if (isRoaming()) {
            inTurn(() -> operate(answer, dice, ROAMING));
        } else {
            boolean alone = dice >= 550 && dice < 580;
            Lock lock = alone ? world.lock().writeLock() : world.lock().readLock();
            lock.lock();
            try {
                operate(answer, dice, SHARED + "-" + machine.number());
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean isRoaming() {
        return world.machines().size() > 1 && world.mix().isShared();
    }

    /** What others write on other machines comes after what they wrote before by the clock, too. */
    private void inTurn(Runnable calls) {
        world.lock().writeLock().lock();
        try {
            LockSupport.parkNanos(CLOCK_STEP_NANOS);
            calls.run();
            LockSupport.parkNanos(CLOCK_STEP_NANOS);
        } finally {
            world.lock().writeLock().unlock();
        }
    }

    private void operate(Supplier<@Nullable JsonNode> answer, int dice, String user) {
        Place key = user.equals(ROAMING)
                ? new Place(user, "key-all-" + random.nextInt(ROAMING_KEYS))
                : new Place(user, "key-" + number + "-" + random.nextInt(KEYS));
        boolean alone = user.startsWith("user-");
        if (dice < 40 && alone && !world.mix().skewed()) {
            storeExpiring(key, answer);
        } else if (dice < 330) {
            store(key, answer);
        } else if (dice < 430) {
            storeOld(key, answer);
        } else if (dice < 470 && alone && hasHistory()) {
            restore(key, answer);
        } else if (dice < 490 && alone) {
            deletePermanently(key, answer);
        } else if (dice < 550) {
            delete(key, answer);
        } else if (dice < 560) {
            deleteAll(user, answer);
        } else if (dice < 580) {
            cleanUp(user, answer);
        } else if (dice < 820) {
            retrieve(key, answer);
        } else if (dice < 880) {
            getAll(user, answer, limit());
        } else if (dice < 940) {
            search(user, answer, limit());
        } else if (dice < 960) {
            lookAndWrite(user, false, answer);
        } else if (dice < 980) {
            forgetFirstAndLook(user, answer);
        } else {
            lookWhetherDelivered(user, answer);
        }
    }

    /** Small ones too, so that answers have several pages. */
    private int limit() {
        return random.nextInt(3) == 0 ? random.nextInt(1, 6) : 100;
    }

    private void send(String tool, Map<String, ?> arguments) {
        asked = System.currentTimeMillis();
        world.counts().add(Count.OPERATIONS);
        server.send(tool, (Object) arguments);
    }

    private void store(Place key, Supplier<@Nullable JsonNode> answer) {
        int length = world.mix().smallDisk() && random.nextInt(4) == 0 ? 20_000 : 200;
        String value = number + "." + ++values + " Grüße \"👩🏽‍🚀\"\n" + "x".repeat(random.nextInt(length));
        send("store", Map.of("user_id", key.user(), "key", key.key(), "value", value));
        world.model().write(machine.number(), key, value, written(answer.get()));
    }

    /**
     * Stores a memory that is long out of date, as another machine that has had it since then would. Such a write keeps
     * its version, and so it loses to whatever was written before by a clock that is ahead: where clocks disagree an
     * ordinary one is stored instead.
     */
    private void storeOld(Place key, Supplier<@Nullable JsonNode> answer) {
        if (world.mix().skewed()) {
            store(key, answer);
            return;
        }
        String value = Model.OLD + number + "." + ++values + " Grüße";
        String time = Instant.now().minus(OLD_AGE).toString();
        storeAsFromElsewhere(key, value, Map.of("created_at", time, "updated_at", time), answer);
    }

    /** Stores a memory that soon expires, as another machine would: whoever is slow may take it when it has expired. */
    private void storeExpiring(Place key, Supplier<@Nullable JsonNode> answer) {
        Instant now = Instant.now();
        Instant end = now.plus(millis(200, 4000));
        String value = Model.EXPIRING + end.toEpochMilli() + " " + number + "." + ++values + " Grüße";
        Map<String, String> times =
                Map.of("created_at", now.toString(), "updated_at", now.toString(), "expires_at", end.toString());
        storeAsFromElsewhere(key, value, times, answer);
    }

    private void storeAsFromElsewhere(
            Place key, String value, Map<String, String> times, Supplier<@Nullable JsonNode> answer) {
        String version = Long.toString(
                HlcTimestamp.atMillis(System.currentTimeMillis()).next().stamp());
        Map<String, String> write = new HashMap<>(times);
        write.put("version", version);
        world.counts().add(Count.OPERATIONS);
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
        Outcome outcome = written(result);
        if (!refused) {
            world.model().write(machine.number(), key, value, outcome);
        }
    }

    private void cleanUp(String user, Supplier<@Nullable JsonNode> answer) {
        send("cleanup", Map.of("user_id", user, "max_age_days", OLD_AGE.toDays() - 1));
        JsonNode result = answer.get();
        world.model().expire(machine.number(), user, written(result) != Outcome.UNKNOWN);
        if (result != null) {
            world.counts().add(Count.CLEANED_UP, content(result).path("deleted").asLong());
        }
    }

    private void delete(Place key, Supplier<@Nullable JsonNode> answer) {
        send("delete", Map.of("user_id", key.user(), "key", key.key()));
        world.model().write(machine.number(), key, null, written(answer.get()));
    }

    private boolean hasHistory() {
        return sqlite && world.mix().sqlite() == Sqlite.ENABLED;
    }

    /** Revisions of a key, or of all of its user, newest first; null when there is no certainty. */
    private @Nullable JsonNode history(Place key, boolean all) {
        send("history", all ? Map.of("user_id", key.user()) : Map.of("user_id", key.user(), "key", key.key()));
        JsonNode result = answer();
        return result == null ? null : content(result).path("revisions");
    }

    /** Writes an earlier text of the user again, whatever became of it, and of its key since. */
    private void restore(Place any, Supplier<@Nullable JsonNode> answer) {
        JsonNode revisions = history(any, true);
        for (JsonNode revision : revisions == null ? List.<JsonNode>of() : revisions) {
            String value = revision.path("value").asString();
            boolean plain = !value.startsWith(Model.OLD) && !Model.isExpiring(value);
            if (plain && !revision.path("truncated").asBoolean(false)) {
                Place key = new Place(any.user(), revision.path("key").asString());
                int which = revision.path("revision").asInt();
                send("restore", Map.of("user_id", key.user(), "key", key.key(), "revision", which));
                JsonNode result = answer.get();
                world.model().write(machine.number(), key, value, written(result));
                if (result != null) {
                    world.counts().add(Count.RESTORED);
                }
                return;
            }
        }
        retrieve(any, answer);
    }

    private void deletePermanently(Place key, Supplier<@Nullable JsonNode> answer) {
        send("delete", Map.of("user_id", key.user(), "key", key.key(), "permanently", true));
        JsonNode result = answer.get();
        world.model().write(machine.number(), key, null, written(result));
        boolean taken = result != null
                && content(result).at("/backends/sqlite").asString("").equals("deleted");
        JsonNode left = taken && hasHistory() ? history(key, false) : null;
        if (left != null && !left.isEmpty()) {
            world.counts().addAll(List.of(new Violation(Wrong.KEPT, "KEPT of " + key + ": " + left)));
        }
    }

    private void deleteAll(String user, Supplier<@Nullable JsonNode> answer) {
        send("delete", Map.of("user_id", user, "all", true));
        world.model().deleteAll(machine.number(), user, written(answer.get()));
    }

    /** What is deleted may empty the first pages of an upstream that does not know it yet, and must not end them. */
    private void forgetFirstAndLook(String user, Supplier<@Nullable JsonNode> answer) {
        List<Place> first = own(user, Set.of()).stream()
                .sorted((a, b) -> a.key().compareTo(b.key()))
                .limit(random.nextInt(1, 5))
                .toList();
        first.forEach(key -> delete(key, this::answer));
        if (random.nextBoolean()) {
            getAll(user, answer, Math.max(1, first.size()));
        } else {
            search(user, answer, Math.max(1, first.size()));
        }
    }

    /**
     * Whoever writes after a look replaces what was seen, whatever the clocks say.
     *
     * @param cutOff whether the upstream dies in between, so that it cannot say that it has something newer
     */
    private void lookAndWrite(String user, boolean cutOff, Supplier<@Nullable JsonNode> answer) {
        List<Place> seen = new ArrayList<>(getAll(user, this::answer, 100));
        Collections.shuffle(seen, random);
        if (cutOff) {
            world.killUpstream(server, machine);
        }
        for (Place key : seen.subList(0, Math.min(3, seen.size()))) {
            if (random.nextBoolean()) {
                store(key, this::answer);
            } else {
                delete(key, this::answer);
            }
        }
        retrieve(new Place(user, "key-" + number + "-0"), answer);
    }

    /** When nothing is owed any more the upstream has all that was acknowledged here. */
    private void lookWhetherDelivered(String user, Supplier<@Nullable JsonNode> answer) {
        send("health", Map.of());
        JsonNode result = answer.get();
        if (result != null && isDelivered(content(result))) {
            world.model().confirm(machine.number(), user);
        }
    }

    private static boolean isDelivered(JsonNode health) {
        JsonNode upstream = health.at("/backends/" + World.UPSTREAM);
        return upstream.path("up").asBoolean()
                && upstream.path("pending").asInt(-1) == 0
                && upstream.path("dead_letters").asInt(-1) == 0;
    }

    private static JsonNode content(JsonNode result) {
        return result.path("structuredContent");
    }

    private Outcome written(@Nullable JsonNode result) {
        if (result == null) {
            return Outcome.UNKNOWN;
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
        return late ? Outcome.ACKNOWLEDGED : Outcome.CONFIRMED;
    }

    private void retrieve(Place key, Supplier<@Nullable JsonNode> answer) {
        send("retrieve", Map.of("user_id", key.user(), "key", key.key()));
        JsonNode result = answer.get();
        if (result == null) {
            return;
        }
        JsonNode read = content(result);
        boolean complete = read.path("complete").asBoolean();
        String found = read.path("found").asBoolean() ? read.at("/entry/value").asString() : null;
        compare(
                new Read(
                        "retrieve by " + number + " from " + read.path("source").asString("nobody"),
                        machine.number(),
                        complete,
                        world.mix().freshest(),
                        !complete && world.mix().mayRefuse(),
                        world.mix().commitsLocally()),
                key,
                found);
        if (found != null && !found.startsWith(Model.OLD)) {
            compareTimes(key, read.path("entry"));
        }
    }

    private void compareTimes(Place key, JsonNode entry) {
        Instant created = Instant.parse(entry.path("created_at").asString());
        Instant updated = Instant.parse(entry.path("updated_at").asString());
        if (updated.isBefore(created)) {
            world.counts()
                    .addAll(List.of(new Violation(
                            Wrong.TIMES, "TIMES " + key + " was created at " + created + ", updated at " + updated)));
        }
    }

    /** The keys that were there. */
    private List<Place> getAll(String user, Supplier<@Nullable JsonNode> answer, int limit) {
        Map<String, Object> arguments = Map.of("user_id", user, "limit", limit);
        return walk(
                "get_all",
                user,
                arguments,
                answer,
                (page, found) -> page.path("memories")
                        .properties()
                        .forEach(memory ->
                                found.put(memory.getKey(), memory.getValue().asString())));
    }

    private void search(String user, Supplier<@Nullable JsonNode> answer, int limit) {
        Map<String, Object> arguments = Map.of("user_id", user, "query", "Grüße", "limit", limit);
        walk("search", user, arguments, answer, (page, found) -> {
            for (JsonNode hit : page.path("results")) {
                Place key = new Place(user, hit.path("key").asString());
                String value = hit.path("value").asString();
                boolean cut = hit.path("truncated").asBoolean(false);
                found.put(key.key(), cut ? world.model().whole(key, value) : value);
            }
        });
    }

    /** Takes what is on a page. */
    private interface Page {
        void read(JsonNode page, Map<String, String> found);
    }

    /** Reads all pages, and holds what they have together against the model; says which keys they have. */
    private List<Place> walk(
            String tool, String user, Map<String, Object> arguments, Supplier<@Nullable JsonNode> answer, Page reader) {
        Map<String, String> found = new HashMap<>();
        boolean complete = true;
        long begun = System.currentTimeMillis();
        String cursor = "";
        for (int pages = 0; cursor != null; pages++) {
            Map<String, Object> next = new HashMap<>(arguments);
            if (!cursor.isEmpty()) {
                next.put("cursor", cursor);
            }
            send(tool, next);
            JsonNode result = (pages == 0 ? answer : (Supplier<@Nullable JsonNode>) this::answer).get();
            if (result == null) {
                return List.of();
            }
            JsonNode page = content(result);
            reader.read(page, found);
            complete &= page.path("complete").asBoolean();
            cursor = page.has("next_cursor") ? page.path("next_cursor").asString() : null;
            if (pages == MAX_PAGES) {
                world.counts().error(tool + " of " + user + " has no end: " + page);
                return List.of();
            }
        }
        asked = begun; // the first page is as old as that
        if (!complete && world.mix().sqlite() != Sqlite.ENABLED) {
            // It leaves out what the upstream has not confirmed, and has said so.
            world.counts().add(Count.SAID_INCOMPLETE);
            return List.of();
        }
        boolean settles = world.mix().commitsLocally() && world.mix().sqlite() == Sqlite.ENABLED;
        Read read = new Read(
                tool + " by " + number + " of " + arguments.get("limit"),
                machine.number(),
                complete,
                true,
                !complete && world.mix().mayRefuse(),
                settles);
        own(user, found.keySet()).forEach(key -> compare(read, key, found.get(key.key())));
        return own(user, found.keySet()).stream()
                .filter(key -> found.containsKey(key.key()))
                .toList();
    }

    private void compare(Read read, Place key, @Nullable String found) {
        world.counts().add(Count.READS);
        if (read.complete()) {
            world.counts().add(Count.COMPLETE_READS);
        }
        world.counts().addAll(world.model().compare(read, key, found));
        if (found != null && !world.mix().skewed() && Model.hasExpired(found, asked)) {
            world.counts()
                    .addAll(List.of(new Violation(
                            Wrong.EXPIRED, "EXPIRED " + read.where() + ": " + key + " is " + Model.brief(found))));
        }
    }

    /** The keys that no other actor writes at the same time, those among {@code more} included. */
    private List<Place> own(String user, Set<String> more) {
        Set<Place> keys = new HashSet<>(world.model().keysOf(user));
        more.forEach(key -> keys.add(new Place(user, key)));
        String prefix = user.equals(ROAMING) ? "key-all-" : "key-" + number + "-";
        return keys.stream().filter(key -> key.key().startsWith(prefix)).toList();
    }

    /** Ends with SQLite enabled, so that it can be read. */
    void enableSqlite() {
        if (!sqlite && world.mix().sqlite() == Sqlite.TOGGLED) {
            server.close();
            restart();
        }
    }

    /** Takes what other machines wrote. */
    void reconcile() {
        JsonNode found = server.ask("reconcile", Map.of());
        if (!found.path("complete").asBoolean()) {
            throw new IllegalStateException("actor " + number + " could not compare: " + found);
        }
    }

    /**
     * Waits until the upstream is up and nothing is owed to it. A new process of the server delivers at once what is
     * owed.
     */
    void awaitDelivery(Duration patience) {
        if (!server.isAlive()) {
            resurrect();
        }
        try {
            server.askUntil("health", Map.of(), patience, Actor::isDelivered);
        } catch (IllegalStateException e) {
            world.counts()
                    .addAll(List.of(
                            new Violation(Wrong.UNDELIVERED, "UNDELIVERED by " + number + ": " + e.getMessage())));
            server.close();
            world.advanceClock(machine);
            server = machine.start(number, sqlite);
            server.askUntil("health", Map.of(), patience.multipliedBy(3), Actor::isDelivered);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
