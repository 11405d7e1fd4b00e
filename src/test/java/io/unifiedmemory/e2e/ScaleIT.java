package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.harness.postgres.PostgresDatabase;
import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two servers over HTTP that share a real PostgreSQL database. */
class ScaleIT {

    private static final int BEFORE_THE_KILL = 30;

    @TempDir
    private Path folder;

    private final PostgresServer postgres = PostgresServer.shared();
    private final PostgresDatabase database = postgres.createDatabase();

    @AfterEach
    void drop() {
        postgres.drop(database);
    }

    private static JsonNode ask(HttpSession session, String tool, Map<String, ?> arguments) {
        JsonNode result = session.tool(tool, arguments).path("result");
        assertThat(result.path("isError").asBoolean(false))
                .as(tool + ": " + result)
                .isFalse();
        return result.path("structuredContent");
    }

    private static JsonNode store(HttpSession session, String key, String value) {
        return ask(session, "store", Map.of("user_id", "anna", "key", key, "value", value));
    }

    private static boolean isFound(HttpSession session, String key) {
        return ask(session, "retrieve", Map.of("user_id", "anna", "key", key))
                .path("found")
                .asBoolean();
    }

    private static void await(String what, BooleanSupplier question) {
        long deadline = System.nanoTime() + McpProcess.PATIENCE.toNanos();
        while (!question.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
        }
    }

    @Test
    void whatOneWritesTheOtherReadsSearchesListsAndDeletesAtOnce() {
        try (HttpProcess first = HttpProcess.start(database);
                HttpProcess second = HttpProcess.start(database);
                HttpSession here = HttpSession.open(first.mcp(), null);
                HttpSession there = HttpSession.open(second.mcp(), null)) {
            for (int i = 0; i < 5; i++) {
                store(here, "key " + i, "a teapot of porcelain, number " + i);
                assertThat(isFound(there, "key " + i)).isTrue();
                JsonNode hits =
                        ask(there, "search", Map.of("user_id", "anna", "query", "teapot number " + i, "limit", 10));
                assertThat(hits.path("results"))
                        .as("search right after the write")
                        .hasSize(i + 1);
            }
            JsonNode page = ask(here, "get_all", Map.of("user_id", "anna", "limit", 3));
            JsonNode rest = ask(
                    there,
                    "get_all",
                    Map.of(
                            "user_id",
                            "anna",
                            "limit",
                            3,
                            "cursor",
                            page.path("next_cursor").asString()));
            Set<String> keys = new TreeSet<>(page.path("memories").propertyNames());
            keys.addAll(rest.path("memories").propertyNames());
            assertThat(keys).containsExactly("key 0", "key 1", "key 2", "key 3", "key 4");

            ask(there, "delete", Map.of("user_id", "anna", "key", "key 3"));

            assertThat(isFound(here, "key 3")).isFalse();
            JsonNode health = ask(here, "health", Map.of());
            assertThat(health.path("status").asString()).isEqualTo("ok");
            assertThat(health.path("database").path("url").asString()).isEqualTo(database.address());
            assertThat(health.path("database").path("acknowledged").asString()).isNotBlank();
        }
    }

    @Test
    void aKilledInstanceLosesNothingThatItAcknowledgedAndTheOtherGoesOn() throws Exception {
        try (HttpProcess first = HttpProcess.start(database);
                HttpProcess second = HttpProcess.start(database);
                HttpSession there = HttpSession.open(second.mcp(), null)) {
            Set<String> acknowledged = new ConcurrentSkipListSet<>();
            CountDownLatch enough = new CountDownLatch(BEFORE_THE_KILL);
            FutureTask<Integer> writer = new FutureTask<>(() -> writeUntilItDies(first, acknowledged, enough));
            new Thread(writer, "writer").start();
            assertThat(enough.await(McpProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            for (int i = 0; i < BEFORE_THE_KILL; i++) {
                store(there, "there " + i, "value");
                if (i == BEFORE_THE_KILL / 2) {
                    first.kill();
                }
            }
            assertThat(writer.get(McpProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isGreaterThanOrEqualTo(BEFORE_THE_KILL);

            assertThat(acknowledged).allMatch(key -> isFound(there, key));
            JsonNode hits = ask(there, "search", Map.of("user_id", "anna", "query", "here", "limit", 1000));
            assertThat(hits.path("results").size()).isGreaterThanOrEqualTo(acknowledged.size());
        }
    }

    private static int writeUntilItDies(HttpProcess server, Set<String> acknowledged, CountDownLatch enough) {
        try {
            HttpSession session = HttpSession.open(server.mcp(), null);
            while (true) {
                String key = "here " + acknowledged.size();
                store(session, key, "value");
                acknowledged.add(key);
                enough.countDown();
            }
        } catch (UncheckedIOException e) {
            // The server is gone, as it should be.
            return acknowledged.size();
        }
    }

    @Test
    void whatAKilledInstanceOwedToAnUpstreamTheOtherDelivers() throws Exception {
        try (HttpProcess upstream = HttpProcess.start(folder.resolve("upstream.db"));
                HttpSession mirror = HttpSession.open(upstream.mcp(), null)) {
            Path config = folder.resolve("config.json");
            Files.writeString(
                    config,
                    Json.write(Map.of(
                            "wait",
                            "local",
                            "upstreams",
                            Map.of("up", Map.of("type", "http", "url", upstream.mcp(), "contract", "unified")))));
            try (HttpProcess first = HttpProcess.start(database, "--config", config.toString())) {
                HttpSession here = HttpSession.open(first.mcp(), null);
                store(here, "of the first", "value");
                // Now the first one has the right to deliver.
                await("the first one delivers", () -> isFound(mirror, "of the first"));
                try (HttpProcess second = HttpProcess.start(database, "--config", config.toString());
                        HttpSession there = HttpSession.open(second.mcp(), null)) {
                    store(here, "of the dead", "value");
                    first.kill();
                    store(there, "of the second", "value");

                    await("the second one delivers", () -> isFound(mirror, "of the second"));
                    await("what the dead one owed too", () -> isFound(mirror, "of the dead"));
                    await(
                            "nothing is owed",
                            () -> ask(there, "health", Map.of())
                                            .path("backends")
                                            .path("up")
                                            .path("pending")
                                            .asInt(0)
                                    == 0);
                }
            }
        }
    }

    @Test
    void aSessionOfOneInstanceIsUnknownToTheOtherWhichAsksForANewOne() throws Exception {
        try (HttpProcess first = HttpProcess.start(database);
                HttpProcess second = HttpProcess.start(database)) {
            String session = post(first, ClientMessages.initialize(1), List.of())
                    .headers()
                    .firstValue("Mcp-Session-Id")
                    .orElseThrow();
            List<String> header = List.of("Mcp-Session-Id", session);
            String ping = ClientMessages.request(2, "ping", Map.of());
            assertThat(post(first, ping, header).statusCode()).isEqualTo(200);

            assertThat(post(second, ping, header).statusCode()).isEqualTo(404);

            assertThat(post(second, ClientMessages.initialize(1), List.of()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aTokenOfTheDatabaseCountsEverywhereAndSoDoesItsEnd() throws Exception {
        String token = command("token", "create", "--user", "anna", "--name", "laptop")
                .stdout()
                .strip();
        List<String> header = List.of("Authorization", "Bearer " + token);
        try (HttpProcess first = HttpProcess.start(database);
                HttpProcess second = HttpProcess.start(database)) {
            for (HttpProcess server : List.of(first, second)) {
                assertThat(status(server, List.of())).isEqualTo(401);
                assertThat(status(server, header)).isEqualTo(200);
                assertThat(server.stderr()).contains("every client needs a token of " + database.address());
            }
            assertThat(command("token", "list").stdout()).contains("users anna", "laptop");
            Launch.Finished revoked = command("token", "revoke", "laptop");
            assertThat(revoked.stderr()).contains("last token", "DELETE FROM unified_memory.token");
            for (HttpProcess server : List.of(first, second)) {
                await("the token counts no more", () -> status(server, header) == 401);
            }
            assertThat(command("token", "list").stdout()).isEmpty();
        }
        try (HttpProcess later = HttpProcess.start(database)) {
            assertThat(status(later, List.of()))
                    .as("a revoked last token opens no server")
                    .isEqualTo(401);
        }
    }

    private Launch.Finished command(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--db", database.address(), "--postgres-allow-weak"));
        Launch.Finished finished = Launch.jar(all.toArray(String[]::new))
                .env("PGPASSWORD", database.password())
                .run();
        assertThat(finished.exitCode()).as(finished.stderr()).isZero();
        return finished;
    }

    private static int status(HttpProcess server, List<String> headers) {
        try {
            return post(server, ClientMessages.initialize(1), headers).statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private static HttpResponse<String> post(HttpProcess server, String body, List<String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.mcp()))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void theDemoShowsIt() {
        Launch.Finished demo = Launch.of(Path.of("scripts", "scale-demo").toAbsolutePath(), "--local")
                .env("POSTGRES_BIN", PostgresServer.programs().toString())
                .run();
        assertThat(demo.exitCode()).as(demo.stderr()).isZero();
        assertThat(demo.stdout()).contains("retrieved it through the second", "the second goes on", "Done");
    }

    @Test
    void aFileMovesIntoTheDatabaseAndBackWhileItIsServed() throws Exception {
        Path file = folder.resolve("memory.db");
        try (HttpProcess server = HttpProcess.start(file);
                HttpSession session = HttpSession.open(server.mcp(), null)) {
            store(session, "tea", "green");
            assertMoved(migrate(file.toString(), database.address()), "1 memories were copied");
            store(session, "coffee", "black");
            ask(session, "delete", Map.of("user_id", "anna", "key", "tea"));
            assertMoved(migrate(file.toString(), database.address()), "1 memories were copied");
        }
        assertMoved(migrate(file.toString(), database.address()), "0 memories were copied");
        try (HttpProcess server = HttpProcess.start(database);
                HttpSession session = HttpSession.open(server.mcp(), null)) {
            assertThat(isFound(session, "coffee")).isTrue();
            assertThat(isFound(session, "tea")).isFalse();
            store(session, "water", "still");
        }
        Path back = folder.resolve("back.db");
        assertMoved(migrate(database.address(), back.toString()), "2 memories were copied");
        try (HttpProcess server = HttpProcess.start(back);
                HttpSession session = HttpSession.open(server.mcp(), null)) {
            assertThat(isFound(session, "water")).isTrue();
            assertThat(isFound(session, "tea")).isFalse();
        }
    }

    private Launch.Finished migrate(String from, String to) {
        return Launch.jar("migrate", "--to", to, "--db", from, "--postgres-allow-weak")
                .env("PGPASSWORD", database.password())
                .run();
    }

    private static void assertMoved(Launch.Finished migration, String copied) {
        assertThat(migration.exitCode()).as(migration.stderr()).isZero();
        assertThat(migration.stdout()).contains(copied, "both hold the same", "to move: stop the servers");
    }
}
