package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.http.guard.Caller;
import io.unifiedmemory.memory.util.Json;
import jakarta.servlet.Filter;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the MCP specification asks of a server over HTTP, and what makes it safe to open a port. */
class HttpRulesTest {

    /** Stands for the authentication: believes who the client says it is. */
    private static final Filter CREDULOUS = (request, response, chain) -> {
        request.setAttribute(
                Caller.ATTRIBUTE, ((jakarta.servlet.http.HttpServletRequest) request).getHeader("x-caller"));
        chain.doFilter(request, response);
    };

    private TestServer server;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(new Everybody(CREDULOUS));
        wire = server.wire;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aSessionIsOpenedUsedAndEnded() throws IOException {
        String session = "Mcp-Session-Id: " + server.session();
        Wire.Reply initialized =
                wire.post("/mcp", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", session);
        assertThat(initialized.status()).isEqualTo(202);
        assertThat(initialized.body()).isEmpty();

        Wire.Reply called = wire.post("/mcp", TestServer.call(1, "echo", Map.of("text", "Grüße 🍵")), session);
        assertThat(called.status()).isEqualTo(200);
        assertThat(called.header("content-type")).isEqualTo("application/json");
        assertThat(called.json().at("/result/content/0/text").asString()).isEqualTo("Grüße 🍵");
        assertThat(called.json().path("id").asInt()).isEqualTo(1);

        assertThat(wire.exchange("DELETE", "/mcp", "", session).status()).isEqualTo(200);
        assertThat(wire.exchange("DELETE", "/mcp", "", session).status()).isEqualTo(404);
        assertThat(wire.post("/mcp", TestServer.call(2, "echo", Map.of()), session)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void withoutASessionNothingIsDone() throws IOException {
        String ping = TestServer.request(1, "ping", Map.of());
        assertError(wire.post("/mcp", ping), 400);
        assertError(wire.exchange("GET", "/mcp", ""), 400);
        assertError(wire.exchange("DELETE", "/mcp", ""), 400);
        assertError(wire.post("/messages", ping), 400);
        assertError(wire.post("/mcp", ping, "Mcp-Session-Id: 00000000-0000-0000-0000-000000000000"), 404);
        assertError(wire.post("/messages?sessionId=00000000-0000-0000-0000-000000000000", ping), 404);
        assertError(wire.post("/messages?sessionId=%zz", ping), 404, 400);
        assertError(wire.post("/messages?x", "sessionId=%zz", "Content-Type: application/x-www-form-urlencoded"), 400);
    }

    @ParameterizedTest
    @CsvSource({"POST,/mcp", "GET,/mcp", "DELETE,/mcp", "GET,/sse", "POST,/messages"})
    void aPageThatHadItsNameReboundToThisAddressIsRefused(String method, String path) throws IOException {
        assertError(wire.exchange(method, path, "", "Host: evil.example"), 421);
        assertError(wire.exchange(method, path, "", "Host: localhost.evil.example:" + wire.port()), 421);
        assertError(wire.exchange(method, path, "", "Host: 10.0.0.1"), 421);
        for (String origin : new String[] {
            "http://evil.example", "https://localhost.evil.example", "null", "http://localhost@evil.example", "%%"
        }) {
            assertError(wire.exchange(method, path, "", "Origin: " + origin), 403);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]", "LOCALHOST"})
    void loopbackNamesAreOurs(String host) throws IOException {
        assertThat(wire.post("/mcp", TestServer.initialize(), "Host: " + host + ":" + wire.port())
                        .status())
                .isEqualTo(200);
        assertThat(wire.post("/mcp", TestServer.initialize(), "Origin: http://" + host + ":6274")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void onlyProtocolVersionsThatWeSpeakAreAccepted() throws IOException {
        String session = "Mcp-Session-Id: " + server.session();
        int id = 0;
        for (String version : new String[] {"1999-01-01", "2026-07-28", "x"}) {
            String ping = TestServer.request(++id, "ping", Map.of());
            assertError(wire.post("/mcp", ping, session, "MCP-Protocol-Version: " + version), 400);
        }
        for (String version : new String[] {"2025-03-26", "2025-06-18", "2025-11-25"}) {
            String ping = TestServer.request(++id, "ping", Map.of());
            Wire.Reply reply = wire.post("/mcp", ping, session, "MCP-Protocol-Version: " + version);
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        }
    }

    @Test
    void whatIsNoMessageIsRefused() throws IOException {
        String session = "Mcp-Session-Id: " + server.session();
        String ping = TestServer.request(1, "ping", Map.of());
        assertError(wire.post("/mcp", "[" + ping + "]", session), 400);
        assertError(wire.post("/mcp", "{", session), 400);
        assertError(wire.post("/mcp", "", session), 400);
        assertError(wire.post("/mcp", ping.replace("{}", "{\"x\":1e99999999999}"), session), 400);
        assertError(wire.post("/mcp", ping, session, "Content-Encoding: gzip"), 415);
        assertError(wire.post("/mcp", ping, session, "Content-Type: text/plain"), 415);
        assertError(wire.post("/mcp", ping, session, "Accept: text/html"), 406);
        assertError(wire.exchange("PUT", "/mcp", ping, session), 405);
        assertError(wire.exchange("GET", "/nothing", ""), 404);
        assertError(wire.exchange("GET", "/mcp/../mcp", ""), 404, 400);
        assertThat(wire.exchange("PUT", "/mcp", ping, session).header("allow")).isEqualTo("POST, GET, DELETE");
        assertError(wire.post("/mcp", TestServer.request(1, "initialize", Map.of("clientInfo", 5))), 200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json, text/event-stream | application/json",
                "application/json | application/json",
                "application/* | application/json",
                "*/* | application/json",
                "* | application/json",
                "text/html, *; q=.2, */*; q=.2 | application/json",
                "APPLICATION/JSON;q=0.5,text/html | application/json",
                "application/json ; charset=utf-8 ; Q = 0.001 | application/json",
                "application/json;q=nonsense | application/json",
                "application/json, text/event-stream;q=0.9 | application/json",
                "application/json, text/event-stream;q=0 | application/json",
                ", ,application/json,, | application/json",
                "text/event-stream | text/event-stream",
                "  Text/Event-Stream  | text/event-stream",
                "text/* | text/event-stream",
                "text/event-stream, application/json;q=0.1 | text/event-stream",
                "application/json;q=0, */* | text/event-stream",
                "application/json;q=0, text/event-stream | text/event-stream"
            })
    void aReplyComesInWhatTheClientAccepts(String accept, String expected) throws IOException {
        Wire.Reply opened = wire.post("/mcp", TestServer.initialize(), "Accept: " + accept);
        assertThat(opened.status()).as(opened.body()).isEqualTo(200);
        String session = "Mcp-Session-Id: " + opened.header("mcp-session-id");
        Wire.Reply called =
                wire.post("/mcp", TestServer.call(1, "echo", Map.of("text", "hello")), session, "Accept: " + accept);
        Wire.Reply wrong =
                wire.post("/mcp", TestServer.request(2, "initialize", Map.of("clientInfo", 5)), "Accept: " + accept);
        for (Wire.Reply reply : List.of(opened, called, wrong)) {
            assertThat(reply.header("content-type")).startsWith(expected);
            String json = expected.equals("application/json")
                    ? reply.body()
                    : reply.body().replaceAll("(?s).*event: message\ndata: ([^\n]*)\n\n.*", "$1");
            assertThat(Json.parseObject(json)).containsEntry("jsonrpc", "2.0");
        }
    }

    @Test
    void whoSaysNothingOfWhatItAcceptsGetsJson() throws IOException {
        String body = TestServer.initialize();
        try (Socket socket = wire.connect()) {
            Wire.send(
                    socket,
                    wire.head("POST", "/mcp", body.length()).replaceAll("accept: [^\r]*\r\n", ""),
                    body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(Wire.read(socket).header("content-type")).isEqualTo("application/json");
        }
        assertThat(wire.post("/mcp", body, "Accept:").status()).isEqualTo(200);
        assertThat(wire.post("/mcp", body, "Accept: text/html\r\naccept: application/json")
                        .status())
                .as("two lines")
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "application/json;q=0",
                "application/json;q=0, text/event-stream;q=0.000",
                "application/jsonx",
                ";",
                ";q=1, ;;",
                "text/event-stream;q=0",
                "image/*"
            })
    void whoAcceptsNeitherFormIsRefusedOnlyWhereThereIsAReply(String accept) throws IOException {
        String session = "Mcp-Session-Id: " + server.session();
        String ping = TestServer.request(1, "ping", Map.of());
        assertError(wire.post("/mcp", ping, session, "Accept: " + accept), 406);
        assertError(wire.exchange("GET", "/mcp", "", session, "Accept: " + accept), 406);
        String notification = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";
        assertThat(wire.post("/mcp", notification, session, "Accept: " + accept).status())
                .isEqualTo(202);
    }

    @Test
    void initializeIsAnsweredWhateverVersionItsHeaderNames() throws IOException {
        for (String version : new String[] {"1999-01-01", "2026-07-28", "x", "2025-11-25"}) {
            Wire.Reply reply = wire.post("/mcp", TestServer.initialize(), "MCP-Protocol-Version: " + version);
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            assertThat(reply.json().at("/result/protocolVersion").asString()).isEqualTo("2025-11-25");
            try (Wire.Events events = wire.events("/sse")) {
                String path = String.valueOf(events.next("endpoint"));
                assertThat(wire.post(path, TestServer.initialize(), "MCP-Protocol-Version: " + version)
                                .status())
                        .isEqualTo(202);
                assertThat(events.next("message")).contains("protocolVersion");
                assertError(
                        wire.post(path, TestServer.request(1, "ping", Map.of()), "MCP-Protocol-Version: 1999-01-01"),
                        400);
            }
        }
        String session = "Mcp-Session-Id: " + server.session();
        assertError(wire.exchange("GET", "/mcp", "", session, "MCP-Protocol-Version: x"), 400);
        assertError(wire.exchange("DELETE", "/mcp", "", session, "MCP-Protocol-Version: x"), 400);
        assertError(wire.exchange("GET", "/sse", "", "MCP-Protocol-Version: x"), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"result\":null",
                "\"result\":7",
                "\"result\":{}",
                "\"result\":null,\"error\":null",
                "\"result\":{},\"error\":{\"code\":1,\"message\":\"m\"}",
                "\"error\":{\"code\":\"x\"}",
                "\"error\":{}"
            })
    void aResponseToNothingIsTakenAndIgnored(String rest) throws IOException {
        String session = "Mcp-Session-Id: " + server.session();
        for (String id : new String[] {"7", "\"never asked\""}) {
            String response = "{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + rest + "}";
            Wire.Reply reply = wire.post("/mcp", response, session);
            assertThat(reply.status()).as(reply.body()).isEqualTo(202);
            assertThat(reply.body()).isEmpty();
        }
        for (String id : new String[] {"null", "{}", "[1]", "1.5", "true"}) {
            assertError(wire.post("/mcp", "{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + rest + "}", session), 400);
        }
    }

    @Test
    void pagesOfANamedOriginMayCall() throws IOException {
        try (TestServer other = new TestServer(
                options -> new HttpOptions(
                        options.address(),
                        true,
                        true,
                        options.maxRequestBytes(),
                        options.sessionIdle(),
                        Set.of(),
                        Set.of("https://app.example.org"),
                        false,
                        false,
                        null),
                Duration.ofSeconds(30))) {
            String origin = "Origin: https://app.example.org";
            Wire.Reply asked =
                    other.wire.exchange("OPTIONS", "/mcp", "", origin, "Access-Control-Request-Method: POST");
            assertThat(asked.status()).isEqualTo(204);
            assertThat(asked.header("access-control-allow-origin")).isEqualTo("https://app.example.org");
            assertThat(asked.header("access-control-allow-headers")).contains("Authorization", "Mcp-Session-Id");
            Wire.Reply called = other.wire.post("/mcp", TestServer.initialize(), origin);
            assertThat(called.header("access-control-expose-headers")).contains("Mcp-Session-Id");
            Wire.Reply loopback = other.wire.exchange(
                    "OPTIONS", "/mcp", "", "Origin: http://localhost:1", "Access-Control-Request-Method: POST");
            assertThat(loopback.status()).isEqualTo(405);
            assertThat(loopback.header("access-control-allow-origin")).isNull();
        }
    }

    @Test
    void aKeystoreThatIsNotThereIsNamed() {
        HttpOptions options = HttpOptions.DEFAULT.at(ListenAddress.parse("127.0.0.1:0"));
        HttpOptions.Tls tls = new HttpOptions.Tls(Path.of("/nowhere/server.p12"), "changeit");
        assertThatThrownBy(() -> new TestServer(
                        given -> new HttpOptions(
                                options.address(),
                                true,
                                true,
                                1024,
                                Duration.ofMinutes(1),
                                Set.of(),
                                Set.of(),
                                false,
                                false,
                                tls),
                        Duration.ofSeconds(30)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/nowhere/server.p12");
    }

    @Test
    void whatIsTooLargeIsRefused() throws IOException {
        String large = "x".repeat(HttpOptions.DEFAULT.maxRequestBytes() + 1);
        assertThat(refusedWhileSending("content-length: " + large.length(), large))
                .contains(" 413 ");
        String chunk = Integer.toHexString(large.length()) + "\r\n" + large + "\r\n0\r\n\r\n";
        assertThat(refusedWhileSending("transfer-encoding: chunked", chunk)).contains(" 413 ");
        assertThat(wire.exchange("GET", "/mcp", "", "X-Large: " + "x".repeat(64 * 1024))
                        .status())
                .isEqualTo(431);
    }

    /** The server may answer and hang up before everything is sent. */
    private String refusedWhileSending(String framing, String body) throws IOException {
        try (Socket socket = wire.connect()) {
            String head = "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" + framing
                    + "\r\nconnection: close\r\n\r\n";
            CompletableFuture<Void> sent = Async.run(() -> {
                try {
                    Wire.send(socket, head, body.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    // The server has hung up.
                }
            });
            byte[] start = socket.getInputStream().readNBytes(40);
            hangUp(socket);
            sent.join();
            return new String(start, java.nio.charset.StandardCharsets.ISO_8859_1);
        }
    }

    private static void hangUp(Closeable connection) throws IOException {
        connection.close();
    }

    @Test
    void aSessionIsNotThereForAnotherCaller() throws IOException {
        String session = "Mcp-Session-Id: " + server.session("X-Caller: anna");
        String ping = TestServer.request(1, "ping", Map.of());
        assertThat(wire.post("/mcp", ping, session, "X-Caller: anna").status()).isEqualTo(200);
        assertError(wire.post("/mcp", ping, session, "X-Caller: ben"), 404);
        assertError(wire.post("/mcp", ping, session), 404);
        assertError(wire.exchange("GET", "/mcp", "", session, "X-Caller: ben"), 404);
        assertError(wire.exchange("DELETE", "/mcp", "", session, "X-Caller: ben"), 404);
        try (Wire.Events events = wire.events("/sse", "X-Caller: anna")) {
            String path = String.valueOf(events.next("endpoint"));
            assertError(wire.post(path, ping, "X-Caller: ben"), 404);
            assertThat(wire.post(path, ping, "X-Caller: anna").status()).isEqualTo(202);
        }
    }

    @Test
    void aCancelledCallIsInterruptedAndNotAnswered() throws Exception {
        String session = "Mcp-Session-Id: " + server.session();
        CompletableFuture<Wire.Reply> hanging =
                later(() -> wire.post("/mcp", TestServer.call(7, "hang", Map.of()), session));
        server.hanging.await();
        assertError(wire.post("/mcp", TestServer.call(7, "echo", Map.of()), session), 400);
        wire.post(
                "/mcp",
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":7}}",
                session);
        Wire.Reply reply = hanging.get(30, TimeUnit.SECONDS);
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.body()).isEmpty();
        assertThat(server.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatIsInFlightIsAnsweredBeforeTheEnd() throws Exception {
        String session = "Mcp-Session-Id: " + server.session();
        CompletableFuture<Wire.Reply> hanging =
                later(() -> wire.post("/mcp", TestServer.call(1, "hang", Map.of()), session));
        server.hanging.await();
        try (Wire.Events events = wire.events("/mcp", session)) {
            CompletableFuture<Void> closed = Async.run(server.http::close);
            assertThat(closed).isNotDone();
            server.letGo.countDown();
            assertThat(hanging.get(30, TimeUnit.SECONDS).body()).contains("let go");
            assertThat(events.next("message")).as("the listening stream ends").isNull();
            closed.get(30, TimeUnit.SECONDS);
        }
        assertThat(later(() -> wire.exchange("GET", "/mcp", "")))
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withRootCauseInstanceOf(ConnectException.class);
    }

    @Test
    void aReplyOnAStreamIsSentBeforeTheStreamEnds() throws Exception {
        try (Wire.Events events = wire.events("/sse")) {
            String path = String.valueOf(events.next("endpoint"));
            wire.post(path, TestServer.initialize());
            assertThat(events.next("message")).contains("protocolVersion");
            CompletableFuture<Wire.Reply> hanging = later(() -> wire.post(path, TestServer.call(1, "hang", Map.of())));
            server.hanging.await();
            CompletableFuture<Void> closed = Async.run(server.http::close);
            assertThat(closed).isNotDone();
            server.letGo.countDown();
            assertThat(hanging.get(30, TimeUnit.SECONDS).status()).isEqualTo(202);
            assertThat(events.next("message")).contains("let go");
            assertThat(events.next("message")).as("the stream ends").isNull();
            closed.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aCallMayTakeLongerThanAConnectionMayBeIdle() throws Exception {
        try (TestServer impatient = new TestServer(options -> options, Duration.ofMillis(200))) {
            String session = "Mcp-Session-Id: " + impatient.session();
            CompletableFuture<Void> unused = CompletableFuture.runAsync(
                    impatient.letGo::countDown, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
            assertThat(impatient
                            .wire
                            .post("/mcp", TestServer.call(1, "hang", Map.of()), session)
                            .body())
                    .contains("let go");
        }
    }

    @Test
    void aSessionThatEndsEndsItsListeningStream() throws IOException {
        String session = "Mcp-Session-Id: " + server.session();
        try (Wire.Events events = wire.events("/mcp", session)) {
            server.http
                    .streamable()
                    .notifyClients("notifications/test", Map.of())
                    .block();
            assertThat(events.next("message")).contains("notifications/test");
            wire.exchange("DELETE", "/mcp", "", session);
            assertThat(events.next("message")).isNull();
        }
    }

    @Test
    void serverSentEventsCarryTheReplies() throws IOException {
        try (Wire.Events events = wire.events("/sse")) {
            String path = String.valueOf(events.next("endpoint"));
            assertThat(wire.post(path, TestServer.call(9, "echo", Map.of())).status())
                    .isEqualTo(202);
            assertThat(events.next("message")).contains("send initialize first");
            wire.post(path, TestServer.initialize());
            assertThat(events.next("message")).contains("protocolVersion");
            wire.post(path, TestServer.call(1, "echo", Map.of("text", "hello")));
            assertThat(events.next("message")).contains("hello");
            assertError(wire.post(path, "{"), 400);
        }
    }

    @Test
    void serverSentEventsCanBeSwitchedOff() throws IOException {
        try (TestServer modern = new TestServer(
                options -> new HttpOptions(
                        options.address(),
                        false,
                        true,
                        options.maxRequestBytes(),
                        options.sessionIdle(),
                        Set.of(),
                        Set.of(),
                        false,
                        false,
                        null),
                Duration.ofSeconds(30))) {
            assertError(modern.wire.exchange("GET", "/sse", ""), 404);
            assertError(modern.wire.post("/messages?sessionId=x", "{}"), 404);
            modern.session();
        }
    }

    @ParameterizedTest
    @CsvSource({"true,200", "false,421"})
    void theHostThatAProxyForwardsCountsOnlyWhenItIsTrusted(boolean trusted, int status) throws IOException {
        try (TestServer behind = new TestServer(
                options -> new HttpOptions(
                        options.address(),
                        true,
                        true,
                        options.maxRequestBytes(),
                        options.sessionIdle(),
                        Set.of("memory.example.org"),
                        Set.of("https://app.example.org"),
                        trusted,
                        false,
                        null),
                Duration.ofSeconds(30))) {
            assertThat(behind.wire
                            .post(
                                    "/mcp",
                                    TestServer.initialize(),
                                    "Host: internal:8080",
                                    "X-Forwarded-Host: memory.example.org",
                                    "Origin: https://app.example.org")
                            .status())
                    .isEqualTo(status);
        }
    }

    private interface Exchange {
        Wire.Reply get() throws IOException;
    }

    private static CompletableFuture<Wire.Reply> later(Exchange exchange) {
        return Async.supply(() -> {
            try {
                return exchange.get();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    /** A JSON-RPC error that says what was wrong and shows nothing of the inside. */
    static void assertError(Wire.Reply reply, Integer... statuses) {
        assertThat(reply.status()).as(reply.body()).isIn((Object[]) statuses);
        assertThat(reply.header("content-type")).startsWith("application/json");
        assertThat(reply.json().path("jsonrpc").asString()).isEqualTo("2.0");
        assertThat(reply.json().at("/error/message").asString()).isNotEmpty();
        assertThat(reply.body()).doesNotContain("stackTrace", "\tat ", "java.", "Exception", "jetty");
    }
}
