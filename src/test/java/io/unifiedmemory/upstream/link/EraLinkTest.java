package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.unifiedmemory.harness.Eventually;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.FakeServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a server is found out that speaks the one or the other era, and what it is asked then. */
@Timeout(120)
class EraLinkTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final McpJsonMapper MAPPER = new JacksonMcpJsonMapper(Json.mapper());
    private static final Executor PATIENT = action -> {};
    private static final Executor IMPATIENT = Runnable::run;

    private final SpokenEra spoken = new SpokenEra();

    @Test
    void aServerWhoseRequestsStandAloneIsNotGreeted() {
        try (McpSession session = open(PATIENT, "stateless")) {
            assertThat(call(session, "echo", "text")).isEqualTo("text");
            assertThat(call(session, "heard", "")).isEqualTo("server/discover tools/list tools/call tools/call");
        }
        try (McpSession again = open(PATIENT, "stateless")) {
            assertThat(call(again, "heard", "")).isEqualTo("server/discover tools/list tools/call");
        }
    }

    @Test
    void aServerOfSessionsIsAskedOnce() {
        try (McpSession session = open(PATIENT)) {
            assertThat(call(session, "heard", "")).isEqualTo("server/discover initialize tools/list tools/call");
        }
        try (McpSession again = open(PATIENT)) {
            assertThat(call(again, "heard", "")).isEqualTo("initialize tools/list tools/call");
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsGreetedToo() {
        try (McpSession session = open(IMPATIENT, "mute")) {
            assertThat(call(session, "heard", "").split(" ", -1)).contains("server/discover", "initialize");
        }
        try (McpSession again = open(PATIENT, "mute")) {
            assertThat(call(again, "heard", "")).isEqualTo("initialize tools/list tools/call");
        }
    }

    @Test
    void aServerThatRefusesTheGreetingMayStillAnswerTheQuestion() {
        try (McpSession session = open(IMPATIENT, "stateless")) {
            assertThat(call(session, "heard", "").split(" ", -1)).contains("server/discover", "initialize");
            assertThat(call(session, "echo", "text")).isEqualTo("text");
        }
    }

    /** The failure that the caller sees and the end of the process come on two threads. */
    private void becomesShunned() {
        Eventually.await(spoken::isShunned, () -> "the server would be asked again");
    }

    @Test
    void aServerThatEndsWhenItIsAskedIsNotAskedAgain() {
        assertThatThrownBy(() -> open(PATIENT, "startled")).isInstanceOf(BackendException.class);
        becomesShunned();
        try (McpSession session = open(PATIENT, "startled")) {
            assertThat(call(session, "heard", "")).isEqualTo("initialize tools/list tools/call");
        }
    }

    @Test
    void aServerThatTakesLongToEndWhenItIsAskedIsNotAskedAgain() {
        assertThatThrownBy(() -> open(IMPATIENT, "drowsy")).isInstanceOf(BackendException.class);
        becomesShunned();
        try (McpSession session = open(PATIENT, "startled")) {
            assertThat(call(session, "heard", "")).isEqualTo("initialize tools/list tools/call");
        }
    }

    @Test
    void aServerThatRefusesTheQuestionAndEndsIsNotAskedAgain() {
        assertThatThrownBy(() -> open(PATIENT, "affronted")).isInstanceOf(BackendException.class);
        becomesShunned();
        try (McpSession session = open(PATIENT, "affronted")) {
            assertThat(call(session, "heard", "")).isEqualTo("initialize tools/list tools/call");
        }
    }

    @Test
    void aServerThatHasChangedIsFoundOutAnew() {
        open(PATIENT).close();
        assertThatThrownBy(() -> open(PATIENT, "stateless")).isInstanceOf(BackendException.class);
        try (McpSession session = open(PATIENT, "stateless")) {
            assertThat(call(session, "echo", "text")).isEqualTo("text");
        }
        try (McpSession back = open(PATIENT)) {
            assertThat(call(back, "echo", "text")).isEqualTo("text");
        }
    }

    @Test
    void aServerThatAsksForMoreIsNotGivenIt() {
        try (McpSession session = open(PATIENT, "stateless")) {
            assertThatThrownBy(() -> call(session, "ask", ""))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("nobody can give");
        }
    }

    @Test
    void overHttpTheHeadersSayWhatTheRequestSays() throws IOException {
        try (EraHttpServer server = new EraHttpServer(true);
                McpSession session = open(server)) {
            assertThat(call(session, "\u00e9cho", "text")).isEqualTo("text");
            assertThat(server.heard)
                    .containsExactly(
                            "2026-07-28 server/discover null server/discover",
                            "2026-07-28 tools/list null tools/list",
                            "2026-07-28 tools/call =?base64?w6ljaG8=?= tools/call");
        }
    }

    @Test
    void overHttpTheAnswerMayStandInAStreamThatDoesNotEnd() throws IOException {
        try (EraHttpServer server = new EraHttpServer(true)) {
            server.endless = true;
            try (McpSession session = open(server)) {
                assertThat(call(session, "echo", "text")).isEqualTo("text");
            }
            assertThat(server.methods()).containsExactly("server/discover", "tools/list", "tools/call");
        }
    }

    @Test
    void overHttpARefusalMeansThatTheServerWantsToBeGreeted() throws IOException {
        try (EraHttpServer server = new EraHttpServer(false)) {
            try (McpSession session = open(server)) {
                assertThat(call(session, "echo", "text")).isEqualTo("text");
            }
            assertThat(server.methods())
                    .containsExactly(
                            "server/discover", "initialize", "notifications/initialized", "tools/list", "tools/call");
            server.heard.clear();
            try (McpSession again = open(server)) {
                assertThat(call(again, "echo", "text")).isEqualTo("text");
            }
            assertThat(server.methods())
                    .containsExactly("initialize", "notifications/initialized", "tools/list", "tools/call");
        }
    }

    private McpSession open(EraHttpServer server) {
        ServerAddress.Http address = new ServerAddress.Http(server.address(), Map.of());
        return McpSession.open(EraLink.streamable(address, HttpClients.create(MINUTE), spoken, MAPPER), MINUTE, MINUTE)
                .session();
    }

    private McpSession open(Executor whenOutOfPatience, String... flags) {
        ProcessTransport process = ProcessTransport.start("fake", FakeServer.command(flags), MAPPER);
        return McpSession.open(EraLink.of(process, spoken, MAPPER, whenOutOfPatience), MINUTE, MINUTE)
                .session();
    }

    private static String call(McpSession session, String tool, String text) {
        return session.call(tool, Map.of("text", text), Map.of()).text();
    }
}
