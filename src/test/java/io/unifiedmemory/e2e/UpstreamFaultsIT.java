package io.unifiedmemory.e2e;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Whatever becomes of the upstream, calls are answered from SQLite: in bounded time first, at local speed soon after.
 */
class UpstreamFaultsIT {

    private static final int TIMEOUT_MS = 1000;

    private static final Map<String, Object> NOTHING = Map.of();

    @TempDir
    private Path folder;

    private Home home() {
        return new Home(folder);
    }

    @Test
    void aMissingExecutableIsReportedAndHarmless() {
        try (McpProcess server =
                home().withUpstream("/no/such/program", List.of(), TIMEOUT_MS).start()) {
            server.initialize();
            assertServesLocally(server);
            JsonNode health = server.ask("health", NOTHING);
            assertThat(health.path("status").asString()).isEqualTo("degraded");
            assertThat(upstream(health).path("up").asBoolean()).isFalse();
            assertThat(upstream(health).path("detail").asString()).contains("/no/such/program");
            assertSaysThatItCannotWork(server);
        }
    }

    /** The program runs and is no memory server, or a shell that does not find it. */
    @ParameterizedTest
    @ValueSource(strings = {"exec no-such-program-here", "exit 126"})
    void whatCannotWorkAsConfiguredIsTold(String script) {
        try (McpProcess server =
                home().withUpstream("sh", List.of("-c", script), TIMEOUT_MS).start()) {
            server.initialize();
            assertSaysThatItCannotWork(server);
        }
    }

    /** It can: the next try may find it mended. */
    @Test
    void aProgramThatFailsIsNotCalledMisconfigured() {
        try (McpProcess server =
                home().withUpstream("sh", List.of("-c", "exit 1"), TIMEOUT_MS).start()) {
            server.initialize();
            server.ask("store", memory("k", "v"));
            JsonNode upstream = upstream(server.ask("health", NOTHING));
            assertThat(upstream.path("last_error").asString()).contains("exit code 1");
            assertThat(upstream.has("misconfigured")).isFalse();
        }
    }

    private static void assertSaysThatItCannotWork(McpProcess server) {
        JsonNode stored = server.ask("store", memory("owed", "v"));
        assertThat(stored.at("/backends/" + Home.UPSTREAM).asString()).isEqualTo("queued");
        assertThat(stored.at("/problems/" + Home.UPSTREAM).asString()).contains("cannot work as it is configured");
        JsonNode upstream = upstream(server.ask("health", NOTHING));
        assertThat(upstream.path("misconfigured").asString())
                .contains("corrected or removed")
                .contains(upstream.path("pending").asInt() + " writes wait for that")
                .contains("outbox drop " + Home.UPSTREAM + " --pending");
        JsonNode next = server.ask("store", memory("owed", "w"));
        assertThat(next.at("/problems/" + Home.UPSTREAM).asString()).contains("writes wait in the outbox until then");
    }

    @ParameterizedTest
    @CsvSource({"garbage, 0", "nonsense, 0", "delay, 600000", "hang, 0"})
    void anUpstreamThatAnswersBadlyLateOrNeverIsHarmless(String fault, String milliseconds) {
        try (McpProcess server =
                home().withFault(TIMEOUT_MS, fault, "tools/call", milliseconds).start()) {
            server.initialize();
            assertServesLocally(server);
            assertThat(upstream(server.ask("health", NOTHING))
                            .path("last_error")
                            .asString())
                    .isNotBlank();
        }
    }

    @Test
    void aKilledUpstreamIsReplacedAndItsAbsenceHarmless() {
        try (McpProcess server = home().withReference(TIMEOUT_MS).start()) {
            server.initialize();
            awaitUpstream(server);
            ProcessHandle killed = upstreamProcess(server);
            killed.destroyForcibly();
            killed.onExit().orTimeout(30, SECONDS).join();

            assertAnswers(server, "during");
            awaitUpstream(server);
            awaitReplication(server);
            assertThat(upstreamProcess(server).pid()).isNotEqualTo(killed.pid());
        }
    }

    @Test
    void aHungUpstreamIsSoonPassedOverAndItsReturnNoticed() {
        try (McpProcess server = home().withReference(TIMEOUT_MS).start()) {
            server.initialize();
            awaitUpstream(server);
            awaitReplication(server);
            signal("STOP", upstreamProcess(server));

            assertServesLocally(server);
            server.askUntil("health", NOTHING, health -> {
                server.ask("store", memory("until-open", "x"));
                return upstream(health).path("breaker").asString().equals("open");
            });
            JsonNode unasked = server.ask("store", memory("while-open", "y"));
            assertThat(unasked.at("/problems/" + Home.UPSTREAM).asString()).contains("is not asked at present");

            signal("CONT", upstreamProcess(server));
            awaitUpstream(server);
            awaitReplication(server);
            assertThat(upstream(server.ask("health", NOTHING)).path("breaker").asString())
                    .isEqualTo("closed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"end of input", "TERM", "KILL"})
    void noUpstreamProcessOutlivesTheServer(String end) {
        try (McpProcess server = home().withReference(TIMEOUT_MS).start()) {
            server.initialize();
            awaitUpstream(server);
            ProcessHandle upstream = upstreamProcess(server);
            if (end.equals("end of input")) {
                server.closeInput();
                assertThat(server.exitCode()).isZero();
            } else {
                signal(end, server.handle());
                assertThat(server.exitCode()).isNotZero();
            }
            upstream.onExit().orTimeout(30, SECONDS).join();
        }
    }

    /**
     * Writes and reads are answered without the upstream, and no reply claims that the upstream has what it has not.
     */
    private static void assertServesLocally(McpProcess server) {
        JsonNode stored = assertAnswers(server, "local");
        assertThat(stored.at("/backends/sqlite").asString()).isEqualTo("stored");
        assertThat(stored.at("/backends/" + Home.UPSTREAM).asString()).isNotEqualTo("stored");

        JsonNode found = server.ask("search", Map.of("user_id", "anna", "query", "darjeeling"));
        assertThat(found.at("/results/0/key").asString()).isEqualTo("local");
        assertThat(found.path("complete").asBoolean(true)).isFalse();
    }

    private static JsonNode assertAnswers(McpProcess server, String key) {
        JsonNode stored = server.ask("store", memory(key, "Darjeeling"));
        assertThat(stored.path("stored").asBoolean()).isTrue();
        JsonNode read = server.ask("retrieve", Map.of("user_id", "anna", "key", key));
        assertThat(read.at("/entry/value").asString()).isEqualTo("Darjeeling");
        return stored;
    }

    private static void awaitUpstream(McpProcess server) {
        server.askUntil("health", NOTHING, health -> upstream(health).path("up").asBoolean());
    }

    private static void awaitReplication(McpProcess server) {
        server.askUntil(
                "store",
                memory("replicated", "z"),
                stored -> stored.at("/backends/" + Home.UPSTREAM).asString().equals("stored"));
    }

    private static JsonNode upstream(JsonNode health) {
        return health.at("/backends/" + Home.UPSTREAM);
    }

    private static ProcessHandle upstreamProcess(McpProcess server) {
        return server.handle()
                .descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("server-memory"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no upstream process of " + server));
    }

    private static void signal(String signal, ProcessHandle process) {
        Launch.Finished kill = Launch.of(Path.of("/bin/sh"), "-c", "kill -" + signal + " " + process.pid())
                .run();
        assertThat(kill.exitCode()).as(kill.stderr()).isZero();
    }

    private static Map<String, Object> memory(String key, String value) {
        return Map.of("user_id", "anna", "key", key, "value", value);
    }
}
