package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.FakeServer;
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

    @Test
    void aServerThatEndsWhenItIsAskedIsNotAskedAgain() {
        assertThatThrownBy(() -> open(PATIENT, "startled")).isInstanceOf(BackendException.class);
        assertThat(spoken.isShunned()).isTrue();
        try (McpSession session = open(PATIENT, "startled")) {
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

    private McpSession open(Executor whenOutOfPatience, String... flags) {
        Transport process = ProcessTransport.start("fake", FakeServer.command(flags), MAPPER);
        return McpSession.open(new EraLink(process, spoken, MAPPER, whenOutOfPatience), MINUTE, MINUTE)
                .session();
    }

    private static String call(McpSession session, String tool, String text) {
        return session.call(tool, Map.of("text", text), Map.of()).text();
    }
}
