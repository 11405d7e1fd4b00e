package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers over HTTP that redirect, ask for patience, or label their answers wrongly. */
@Timeout(60)
class OddHttpServerTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

    private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
    private final HttpClient client =
            new PoliteClient(HttpClient.newHttpClient(), nanos::get, Clock.fixed(NOON, ZoneOffset.UTC));
    private OddHttpServer server;
    private @Nullable McpSession session;

    @BeforeEach
    void start() throws IOException {
        server = new OddHttpServer();
    }

    @AfterEach
    void stop() {
        if (session != null) {
            session.close();
        }
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void aRedirectWithinTheServerIsFollowedWithBodyAndHeaders(int status) {
        assertThat(echo("/" + status + "?/mcp")).isEqualTo("\u00e9cho");

        assertThat(server.requests).contains("POST /" + status + " Bearer s3cret", "POST /mcp Bearer s3cret");
    }

    @Test
    void aChainOfRedirectsIsFollowedAndACircleIsNot() {
        assertThat(echo("/307?/308?/mcp")).isEqualTo("\u00e9cho");

        assertUnavailable("redirects without an end", () -> echo("/307?/307"));
    }

    @Test
    void seeOtherAsksForSomethingElse() {
        assertUnavailable("405", () -> echo("/303?/mcp"));

        assertThat(server.requests).contains("GET /mcp Bearer s3cret");
    }

    @Test
    void nothingIsSentToAnotherServer() throws IOException {
        try (OddHttpServer other = new OddHttpServer()) {
            assertUnavailable("redirects to " + other.address(""), () -> echo("/307?" + other.address("/mcp")));
            assertUnavailable(
                    "redirects to http://localhost",
                    () -> echo("/307?" + server.address("/mcp").toString().replace("127.0.0.1", "localhost")));
            assertUnavailable(
                    "redirects to https://127.0.0.1",
                    () -> echo("/307?" + server.address("/mcp").toString().replace("http:", "https:")));
            assertUnavailable(
                    "redirects to",
                    () -> echo("/307?" + server.address("/mcp").toString().replace("//", "//me@")));
            assertUnavailable("redirects to nowhere", () -> echo("/307?mailto:me"));
            assertThat(other.requests).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "429, 7, 7",
        "503, 7, 7",
        "503, 'Thu, 26 Nov 2026 12:00:30 GMT', 30",
        "429, 999999999, 600",
    })
    void aServerThatAsksForPatienceIsLeftAlone(int status, String retryAfter, int seconds) {
        echo("/mcp");
        server.status = status;
        server.retryAfter = retryAfter;
        assertOverloaded(() -> echoAgain());
        int heard = server.requests.size();

        assertOverloaded(() -> echoAgain());
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos() - 1);
        assertOverloaded(() -> echoAgain());
        assertThat(server.requests).hasSize(heard);
        server.status = 0;
        nanos.addAndGet(1);
        assertThat(echoAgain()).isEqualTo("\u00e9cho");
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-5", "Thu, 26 Nov 2020 12:00:00 GMT", "99999999999999999999"})
    void patienceThatCannotBeMeantIsNoReasonToWait(String retryAfter) {
        echo("/mcp");
        server.status = 503;
        server.retryAfter = retryAfter;
        assertOverloaded(() -> echoAgain());

        server.status = 0;
        assertThat(echoAgain()).isEqualTo("\u00e9cho");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "text/event-stream, false",
                "application/json, true",
                "text/plain, false",
                "text/plain, true",
                "none, false",
                "none, true",
                "application/json;charset=utf-8, false"
            })
    void anAnswerIsReadAsWhatItIs(@Nullable String label, boolean asEvents) {
        server.label = label;
        server.asEvents = asEvents;
        assertThat(echo("/mcp")).isEqualTo("\u00e9cho");

        server.before = "\ufeff";
        assertThat(echoAgain()).isEqualTo("\u00e9cho");
        server.before = " \r\n\t".repeat(10_000);
        if (!asEvents) {
            assertThat(echoAgain()).isEqualTo("\u00e9cho");
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {"none", "text/event-stream", "text/html"})
    void whatIsNeitherIsRefusedAtOnce(@Nullable String label) {
        server.label = label;
        server.before = "<html>";

        assertThatThrownBy(() -> echo("/mcp")).isInstanceOf(BackendException.class);
    }

    @Test
    void aCompressedAnswerIsRefusedAtOnce() {
        server.zipped = true;

        assertUnavailable("compresses its answers", () -> echo("/mcp"));
    }

    private String echo(String path) {
        URI url = server.address(path);
        HttpTransport link = HttpTransport.streamable(
                new ServerAddress.Http(url, Map.of("Authorization", "Bearer s3cret")),
                client,
                new JacksonMcpJsonMapper(Json.mapper()));
        session = McpSession.open(link, MINUTE, MINUTE).session();
        return echoAgain();
    }

    private String echoAgain() {
        McpSession open = session;
        return open == null ? "" : open.call("echo", Map.of(), Map.of()).text();
    }

    private static void assertUnavailable(String message, ThrowingCallable call) {
        assertFails(Kind.UNAVAILABLE, message, call);
    }

    private static void assertOverloaded(ThrowingCallable call) {
        assertFails(Kind.OVERLOADED, "", call);
    }

    private static void assertFails(Kind kind, String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BackendException.class, failure -> {
            assertThat(failure.describe()).contains(message).doesNotContain("s3cret");
            assertThat(failure.kind()).as(failure.describe()).isEqualTo(kind);
        });
    }
}
