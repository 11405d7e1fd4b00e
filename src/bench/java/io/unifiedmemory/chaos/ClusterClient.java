package io.unifiedmemory.chaos;

import io.unifiedmemory.chaos.Counts.Count;
import io.unifiedmemory.chaos.History.Outcome;
import io.unifiedmemory.chaos.Model.Place;
import io.unifiedmemory.chaos.Model.Read;
import io.unifiedmemory.chaos.Model.Violation;
import io.unifiedmemory.chaos.Model.Wrong;
import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One client of a cluster, which goes to another server as soon as the one that it talks to does not answer, as behind a
 * balancer. It waits as long as a frozen server takes: what a client gives up may still happen, after what it does next.
 * For one thread.
 */
final class ClusterClient {

    /** Whose memories all clients write, each to keys of its own. */
    static final String SHARED = "shared";

    private static final int USERS = 3;
    private static final int KEYS = 12;
    private static final int MAX_PAUSE_MICROS = 3_000;
    private static final int PAUSE_AFTER_FAILURE_MILLIS = 100;
    private static final String SESSION = "Mcp-Session-Id";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final int number;
    private final Cluster cluster;
    private final Model model;
    private final Counts counts;
    private final Random random;
    /** By the address of the server that knows it. */
    private final Map<URI, String> sessions = new HashMap<>();

    private int at;
    private int lastId;
    private long values;

    ClusterClient(int number, Cluster cluster, Model model, Counts counts, long seed) {
        this.number = number;
        this.cluster = cluster;
        this.model = model;
        this.counts = counts;
        this.random = new Random(seed * 31 + number);
        this.at = number;
    }

    /** Whose memories a client writes. */
    static List<String> users(int client) {
        List<String> users = new ArrayList<>();
        for (int user = 0; user < USERS; user++) {
            users.add("user-" + client + "-" + user);
        }
        users.add(SHARED);
        return users;
    }

    void run(BooleanSupplier isOver) {
        while (!isOver.getAsBoolean()) {
            operate();
            LockSupport.parkNanos(random.nextInt(MAX_PAUSE_MICROS) * 1_000L);
        }
    }

    private void operate() {
        if (random.nextInt(20) == 0) {
            at++; // What one server wrote another one reads.
        }
        String user = users(number).get(random.nextInt(USERS + 1));
        Place key = new Place(user, "key-" + number + "-" + random.nextInt(KEYS));
        int dice = random.nextInt(100);
        if (dice < 42) {
            store(key);
        } else if (dice < 55) {
            model.write(0, key, null, outcome(call("delete", Map.of("user_id", user, "key", key.key()))));
        } else if (dice < 56 && !user.equals(SHARED)) {
            model.deleteAll(0, user, outcome(call("delete", Map.of("user_id", user, "all", true))));
        } else if (dice < 80) {
            retrieve(key);
        } else if (dice < 90) {
            compareAll("get_all", user, everything(user));
        } else {
            compareAll("search", user, found(user));
        }
    }

    private void store(Place key) {
        String value = number + "." + ++values + " Grüße \"👩🏽‍🚀\"\n" + "x".repeat(random.nextInt(200));
        JsonNode answer = call("store", Map.of("user_id", key.user(), "key", key.key(), "value", value));
        model.write(0, key, value, outcome(answer));
    }

    private Outcome outcome(@Nullable JsonNode answer) {
        if (answer == null) {
            return Outcome.UNKNOWN;
        }
        counts.add(Count.ACKNOWLEDGED);
        boolean everywhere =
                answer.at("/backends/" + World.UPSTREAM).asString("").matches("stored|deleted");
        counts.add(Count.REPLAYS, everywhere ? 0 : 1);
        return everywhere ? Outcome.CONFIRMED : Outcome.ACKNOWLEDGED;
    }

    private void retrieve(Place key) {
        JsonNode answer = call("retrieve", Map.of("user_id", key.user(), "key", key.key()));
        if (answer != null && isOfTheDatabase(answer)) {
            String value =
                    answer.path("found").asBoolean() ? answer.at("/entry/value").asString() : null;
            compare("retrieve", answer.path("complete").asBoolean(), key, value);
        }
    }

    /** While its server does not reach the database, an answer is that of the upstream, and says so. */
    private boolean isOfTheDatabase(JsonNode answer) {
        boolean heard =
                answer.path("complete").asBoolean() || !answer.path("problems").has("postgresql");
        counts.add(Count.SAID_INCOMPLETE, heard ? 0 : 1);
        return heard;
    }

    /** What a server shows, and whether it says that this is all. */
    private record Shown(Map<String, String> values, boolean complete) {}

    /** All memories of a user; null when a page could not be had. */
    private @Nullable Shown everything(String user) {
        Map<String, String> values = new HashMap<>();
        Map<String, Object> arguments = new HashMap<>(Map.of("user_id", user, "limit", 1 + random.nextInt(40)));
        boolean complete = true;
        while (true) {
            JsonNode page = call("get_all", arguments);
            if (page == null || !isOfTheDatabase(page)) {
                return null;
            }
            page.path("memories")
                    .properties()
                    .forEach(memory ->
                            values.put(memory.getKey(), memory.getValue().asString()));
            complete &= page.path("complete").asBoolean();
            if (!page.has("next_cursor")) {
                return new Shown(values, complete);
            }
            arguments.put("cursor", page.path("next_cursor").asString());
        }
    }

    private @Nullable Shown found(String user) {
        JsonNode answer = call("search", Map.of("user_id", user, "query", "Grüße", "limit", 100));
        if (answer == null || !isOfTheDatabase(answer) || answer.has("next_cursor")) {
            return null;
        }
        Map<String, String> values = new HashMap<>();
        for (JsonNode hit : answer.path("results")) {
            Place key = new Place(user, hit.path("key").asString());
            String value = hit.path("value").asString();
            values.put(key.key(), hit.path("truncated").asBoolean(false) ? model.whole(key, value) : value);
        }
        return new Shown(values, answer.path("complete").asBoolean());
    }

    private void compareAll(String how, String user, @Nullable Shown shown) {
        if (shown != null) {
            String own = "key-" + number + "-";
            List<Place> keys = new ArrayList<>(model.keysOf(user));
            shown.values.keySet().forEach(key -> keys.add(new Place(user, key)));
            keys.stream()
                    .filter(key -> key.key().startsWith(own))
                    .distinct()
                    .forEach(key -> compare(how, shown.complete, key, shown.values.get(key.key())));
        }
    }

    private void compare(String how, boolean complete, Place key, @Nullable String value) {
        counts.add(Count.READS);
        counts.add(Count.COMPLETE_READS, complete ? 1 : 0);
        Read read = new Read(how + " by client " + number, 0, complete, true, false, false);
        counts.addAll(model.compare(read, key, value));
    }

    /** What a server holds in the end is what was acknowledged. */
    void reckon(int instance, List<String> users) {
        at = instance;
        for (String user : users) {
            Shown shown = everything(user);
            if (shown == null) {
                counts.error("instance " + instance + " does not say what it holds of " + user);
            } else {
                counts.addAll(model.compareAll("instance " + instance, user, shown.values));
            }
        }
    }

    /** Waits until a server says that the upstream is up and is owed nothing. */
    void awaitDelivery(int instance, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        JsonNode upstream = null;
        while (System.nanoTime() < deadline) {
            at = instance;
            JsonNode health = call("health", Map.of());
            upstream = health == null ? null : health.at("/backends/" + World.UPSTREAM);
            if (upstream != null
                    && upstream.path("up").asBoolean()
                    && upstream.path("pending").asInt(-1) == 0
                    && upstream.path("dead_letters").asInt(-1) == 0) {
                return;
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
        counts.addAll(
                List.of(new Violation(Wrong.UNDELIVERED, "UNDELIVERED by instance " + instance + ": " + upstream)));
    }

    /** The structured content of an answer; null where there is no certainty. */
    private @Nullable JsonNode call(String tool, Map<String, ?> arguments) {
        counts.add(Count.OPERATIONS);
        URI address = cluster.instances().get(at % cluster.instances().size()).address();
        try {
            HttpResponse<String> answer = send(address, tool, arguments);
            if (answer.statusCode() == 404) {
                sessions.remove(address);
                answer = send(address, tool, arguments);
            }
            JsonNode result = answer.statusCode() == 200
                    ? Json.mapper().readTree(answer.body()).path("result")
                    : Json.mapper().missingNode();
            if (result.isMissingNode() || result.path("isError").asBoolean(false)) {
                counts.add(Count.REFUSED);
                pause();
                return null;
            }
            return result.path("structuredContent");
        } catch (IOException e) {
            counts.add(Count.CUT_OFF);
            sessions.remove(address);
            at++;
            pause();
            return null;
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void pause() {
        LockSupport.parkNanos(Duration.ofMillis(PAUSE_AFTER_FAILURE_MILLIS).toNanos());
    }

    private HttpResponse<String> send(URI address, String tool, Map<String, ?> arguments)
            throws IOException, InterruptedException {
        String session = sessions.get(address);
        if (session == null) {
            HttpResponse<String> opened = post(address, null, ClientMessages.initialize(++lastId));
            session = opened.headers()
                    .firstValue(SESSION)
                    .orElseThrow(() -> new IOException("no session: " + opened.statusCode()));
            sessions.put(address, session);
        }
        return post(address, session, ClientMessages.call(++lastId, tool, arguments));
    }

    private static HttpResponse<String> post(URI address, @Nullable String session, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(ServerProcess.PATIENCE)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (session != null) {
            request.header(SESSION, session);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
