package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What revision 2026-07-28 asks of a server over Streamable HTTP, beside the sessions of the revisions before it. */
class StatelessOverHttpTest {

    private static final String REVISION = "MCP-Protocol-Version: " + ClientMessages.STATELESS;
    private static final int HEADER_MISMATCH = -32020;
    private static final int MISSING_CAPABILITY = -32021;
    private static final int UNSUPPORTED_REVISION = -32022;
    private static final int METHOD_NOT_FOUND = -32601;
    private static final int INVALID_PARAMS = -32602;

    private TestServer server;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer();
        wire = server.wire;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aServerIsFoundOutWithoutAHandshake() throws IOException {
        Wire.Reply reply = post(1, "server/discover", Map.of());
        assertThat(reply.status()).isEqualTo(200);
        JsonNode result = reply.json().path("result");
        assertThat(result.path("resultType").asString()).isEqualTo("complete");
        assertThat(result.path("supportedVersions").get(0).asString()).isEqualTo(ClientMessages.STATELESS);
        assertThat(result.path("supportedVersions")).hasSize(5);
        assertThat(result.path("capabilities").has("tools")).isTrue();
        assertThat(result.path("ttlMs").asLong()).isPositive();
        assertThat(result.path("cacheScope").asString()).isEqualTo("public");
        assertThat(result.path("_meta")
                        .path("io.modelcontextprotocol/serverInfo")
                        .path("name")
                        .asString())
                .isEqualTo("test");
        assertThat(reply.header("mcp-session-id")).isNull();
        assertThat(server.http.streamable().sessions()).isZero();
    }

    @Test
    void everyResultSaysOfWhatKindItIsAndWhoGaveIt() throws IOException {
        JsonNode called = call(1, "echo", Map.of("text", "Grüße 🍵")).json();
        assertThat(called.path("id").asInt()).isEqualTo(1);
        assertThat(called.at("/result/content/0/text").asString()).isEqualTo("Grüße 🍵");
        assertThat(called.at("/result/resultType").asString()).isEqualTo("complete");
        assertThat(called.at("/result/_meta")
                        .path("io.modelcontextprotocol/serverInfo")
                        .path("version")
                        .asString())
                .isEqualTo("1");
        assertThat(called.path("result").has("ttlMs")).isFalse();
        JsonNode listed = post(2, "tools/list", Map.of()).json();
        assertThat(listed.at("/result/cacheScope").asString()).isEqualTo("private");
        assertThat(listed.at("/result/ttlMs").asLong()).isEqualTo(300_000);
    }

    @Test
    void aRequestWithoutItsFieldsIsMalformed() throws IOException {
        Map<String, Object> whole = ClientMessages.meta(ClientMessages.STATELESS, Map.of());
        for (String field : List.of("protocolVersion", "clientCapabilities")) {
            Map<String, Object> meta = new LinkedHashMap<>(whole);
            meta.remove("io.modelcontextprotocol/" + field);
            assertError(
                    send(ClientMessages.stateless("a", "tools/list", Map.of(), meta), "tools/list"),
                    400,
                    INVALID_PARAMS,
                    "a");
        }
        assertError(send(ClientMessages.request("b", "tools/list", Map.of()), "tools/list"), 400, INVALID_PARAMS, "b");
        Map<String, Object> odd = new LinkedHashMap<>(whole);
        odd.put("io.modelcontextprotocol/logLevel", "loud");
        assertError(
                send(ClientMessages.stateless("c", "tools/list", Map.of(), odd), "tools/list"),
                400,
                INVALID_PARAMS,
                "c");
        Map<String, Object> anonymous = new LinkedHashMap<>(whole);
        anonymous.remove("io.modelcontextprotocol/clientInfo");
        assertThat(send(ClientMessages.stateless("d", "tools/list", Map.of(), anonymous), "tools/list")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void anUnknownRevisionIsToldWhatThereIs() throws IOException {
        String body =
                ClientMessages.stateless(1, "server/discover", Map.of(), ClientMessages.meta("2999-01-01", Map.of()));
        Wire.Reply reply = wire.post("/mcp", body, "MCP-Protocol-Version: 2999-01-01", "Mcp-Method: server/discover");
        assertError(reply, 400, UNSUPPORTED_REVISION, 1);
        assertThat(reply.json().at("/error/data/requested").asString()).isEqualTo("2999-01-01");
        assertThat(Json.write(Json.mapper().convertValue(reply.json().at("/error/data/supported"), List.class)))
                .isEqualTo("[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\",\"2025-03-26\",\"2024-11-05\"]");
    }

    @Test
    void headersMustSayWhatTheMessageSays() throws IOException {
        String body = ClientMessages.stateless(1, "tools/call", Map.of("name", "echo", "arguments", Map.of()));
        String method = "Mcp-Method: tools/call";
        String name = "Mcp-Name: echo";
        assertThat(wire.post("/mcp", body, REVISION, method, name).status()).isEqualTo(200);
        assertThat(wire.post("/mcp", body, REVISION, method, "Mcp-Name: " + encoded("echo"))
                        .status())
                .isEqualTo(200);
        List<String[]> wrong = new ArrayList<>();
        wrong.add(new String[] {method, name});
        wrong.add(new String[] {REVISION, name});
        wrong.add(new String[] {REVISION, method});
        wrong.add(new String[] {"MCP-Protocol-Version: 2025-11-25", method, name});
        wrong.add(new String[] {REVISION, "Mcp-Method: tools/list", name});
        wrong.add(new String[] {REVISION, "Mcp-Method: TOOLS/CALL", name});
        wrong.add(new String[] {REVISION, method, "Mcp-Name: hang"});
        wrong.add(new String[] {REVISION, method, "Mcp-Name: " + encoded("hang")});
        wrong.add(new String[] {REVISION, method, "Mcp-Name: =?base64?%%%?="});
        for (String[] headers : wrong) {
            assertError(wire.post("/mcp", body, headers), 400, HEADER_MISMATCH, 1);
        }
    }

    private static String encoded(String text) {
        return "=?base64?" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "?=";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "initialize",
                "ping",
                "logging/setLevel",
                "resources/subscribe",
                "resources/unsubscribe",
                "unknown/method"
            })
    void whatThisRevisionDoesNotHaveIsNotFound(String method) throws IOException {
        assertError(post(7, method, Map.of()), 404, METHOD_NOT_FOUND, 7);
    }

    @Test
    void aCallThatNeedsMoreThanItsClientOffersIsRefused() throws IOException {
        Wire.Reply refused = call(1, "sample", Map.of());
        assertError(refused, 400, MISSING_CAPABILITY, 1);
        assertThat(refused.json().at("/error/data/requiredCapabilities").has("sampling"))
                .isTrue();
        String able = ClientMessages.stateless(
                2,
                "tools/call",
                Map.of("name", "sample"),
                ClientMessages.meta(ClientMessages.STATELESS, Map.of("sampling", Map.of())));
        assertThat(send(able, "tools/call", "Mcp-Name: sample").status()).isEqualTo(200);
        assertError(call(3, "nothing", Map.of()), 200, INVALID_PARAMS, 3);
        assertError(call(4, "greedy", Map.of()), 500, -32603, 4);
    }

    @Test
    void sessionsGoOnBesideIt() throws IOException {
        String session = "Mcp-Session-Id: " + server.session();
        assertThat(call(1, "echo", Map.of("text", "x")).status()).isEqualTo(200);
        Wire.Reply called = wire.post("/mcp", TestServer.call(1, "echo", Map.of("text", "y")), session);
        assertThat(called.json().at("/result/content/0/text").asString()).isEqualTo("y");
        assertThat(called.json().path("result").has("resultType")).isFalse();
        String hopeful =
                ClientMessages.request(0, "initialize", ClientMessages.initializeParams(ClientMessages.STATELESS));
        assertThat(wire.post("/mcp", hopeful)
                        .json()
                        .at("/result/protocolVersion")
                        .asString())
                .isEqualTo("2025-11-25");
        Wire.Reply alone = wire.post(
                "/mcp",
                ClientMessages.stateless(2, "tools/list", Map.of()),
                REVISION,
                "Mcp-Method: tools/list",
                session);
        assertThat(alone.status()).isEqualTo(200);
        assertThat(alone.header("mcp-session-id")).isNull();
    }

    @Test
    void onlyPostIsLeftOfTheOtherMethods() throws IOException {
        for (String method : List.of("GET", "DELETE")) {
            Wire.Reply reply = wire.exchange(method, "/mcp", "", REVISION);
            assertThat(reply.status()).isEqualTo(405);
            assertThat(reply.header("allow")).isEqualTo("POST");
        }
        assertThat(wire.post("/mcp", ClientMessages.notification("notifications/x", Map.of()), REVISION)
                        .status())
                .isEqualTo(202);
        assertThat(wire.post("/mcp", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", REVISION)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void progressIsToldOnTheStreamOfItsCall() throws IOException {
        Map<String, Object> meta = ClientMessages.meta(ClientMessages.STATELESS, Map.of());
        meta.put("progressToken", "p");
        String body = ClientMessages.stateless(
                1, "tools/call", Map.of("name", "step", "arguments", Map.of("text", "done")), meta);
        Wire.Reply reply = send(body, "tools/call", "Mcp-Name: step");
        assertThat(reply.header("content-type")).startsWith("text/event-stream");
        assertThat(reply.header("x-accel-buffering")).isEqualTo("no");
        List<String> events =
                reply.body().lines().filter(line -> line.startsWith("data: ")).toList();
        assertThat(events).hasSize(3);
        assertThat(events.get(0)).contains("notifications/progress", "\"p\"", "one");
        assertThat(events.get(2)).contains("\"id\":1", "done");
    }

    @Test
    void aClientThatHangsUpHasCancelledItsCall() throws Exception {
        try (Socket socket = wire.connect()) {
            String body = ClientMessages.stateless(1, "tools/call", Map.of("name", "hang"));
            Wire.send(
                    socket,
                    wire.head("POST", "/mcp", body.length(), REVISION, "Mcp-Method: tools/call", "Mcp-Name: hang"),
                    body.getBytes(StandardCharsets.UTF_8));
            assertThat(server.stateless.hanging.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(server.stateless.interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(call(2, "echo", Map.of("text", "x")).status()).isEqualTo(200);
    }

    @Test
    void whoListensIsToldWhatItAskedForAndNothingElse() throws IOException {
        Map<String, Object> filter = Map.of(
                "resourcesListChanged",
                true,
                "toolsListChanged",
                true,
                "resourceSubscriptions",
                List.of("memory://mine/tea", "memory://theirs/tea"));
        try (Wire.Events events = listen("s", filter)) {
            JsonNode granted = Json.mapper().readTree(events.next("message"));
            assertThat(granted.path("method").asString()).isEqualTo("notifications/subscriptions/acknowledged");
            assertThat(Json.write(Json.mapper().convertValue(granted.at("/params/notifications"), Map.class)))
                    .isEqualTo("{\"resourcesListChanged\":true,\"resourceSubscriptions\":[\"memory://mine/tea\"]}");
            server.stateless.server.subscriptions().listChanged("toolsListChanged");
            server.stateless.change("memory://theirs/tea");
            server.stateless.change("memory://mine/tea");
            server.stateless.server.subscriptions().listChanged("resourcesListChanged");
            JsonNode updated = Json.mapper().readTree(events.next("message"));
            assertThat(updated.path("method").asString()).isEqualTo("notifications/resources/updated");
            assertThat(updated.at("/params/uri").asString()).isEqualTo("memory://mine/tea");
            assertThat(updated.at("/params/_meta")
                            .path("io.modelcontextprotocol/subscriptionId")
                            .asString())
                    .isEqualTo("s");
            assertThat(Json.mapper()
                            .readTree(events.next("message"))
                            .path("method")
                            .asString())
                    .isEqualTo("notifications/resources/list_changed");
            server.http.close();
            JsonNode over = Json.mapper().readTree(events.next("message"));
            assertThat(over.path("id").asString()).isEqualTo("s");
            assertThat(over.at("/result/resultType").asString()).isEqualTo("complete");
            assertThat(events.next("message")).isNull();
        }
    }

    @Test
    void aStreamOfChangesStaysForLongerThanACallMayTake() throws IOException {
        try (Wire.Events events = listen(1, Map.of("resourcesListChanged", true))) {
            events.next("message");
            server.nanoTime.addAndGet(TestServer.GRACE.multipliedBy(100).toNanos());
            server.http.endSlowReplies();
            server.http.tendStreams();
            server.stateless.server.subscriptions().listChanged("resourcesListChanged");
            assertThat(events.next("message")).contains("list_changed");
        }
    }

    private Wire.Events listen(Object id, Map<String, Object> filter) throws IOException {
        return wire.listen(
                ClientMessages.stateless(id, "subscriptions/listen", Map.of("notifications", filter)),
                REVISION,
                "Mcp-Method: subscriptions/listen");
    }

    private Wire.Reply call(Object id, String tool, Map<String, ?> arguments) throws IOException {
        return send(
                ClientMessages.stateless(id, "tools/call", Map.of("name", tool, "arguments", arguments)),
                "tools/call",
                "Mcp-Name: " + tool);
    }

    private Wire.Reply post(Object id, String method, Map<String, ?> params) throws IOException {
        return send(ClientMessages.stateless(id, method, params), method);
    }

    private Wire.Reply send(String body, String method, String... more) throws IOException {
        List<String> headers = new ArrayList<>(List.of(REVISION, "Mcp-Method: " + method));
        headers.addAll(List.of(more));
        return wire.post("/mcp", body, headers.toArray(String[]::new));
    }

    private static void assertError(Wire.Reply reply, int status, int code, Object id) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.json().at("/error/code").asInt()).as(reply.toString()).isEqualTo(code);
        assertThat(reply.json().path("id").asString()).as(reply.toString()).isEqualTo(String.valueOf(id));
    }
}
