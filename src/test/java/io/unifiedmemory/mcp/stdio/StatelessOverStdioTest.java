package io.unifiedmemory.mcp.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.unifiedmemory.harness.AcceptEverything;
import io.unifiedmemory.harness.Async;
import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.harness.LinePipe;
import io.unifiedmemory.harness.StatelessFixture;
import io.unifiedmemory.mcp.MemoryServer;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * What revision 2026-07-28 asks of a server over standard input and output, beside a session of the revisions before it.
 * The conformance suite speaks HTTP only; these are its rules here.
 */
@Timeout(60)
class StatelessOverStdioTest {

    private LinePipe pipe;
    private final StatelessFixture fixture = new StatelessFixture();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private McpAsyncServer sessions;
    private StdioTransport transport;
    private CompletableFuture<Void> served;

    @BeforeEach
    void start() throws IOException {
        pipe = new LinePipe();
        transport = new StdioTransport(pipe.in(), pipe.out());
        sessions = McpServer.async(transport)
                .serverInfo("test", "1")
                .capabilities(
                        McpSchema.ServerCapabilities.builder().tools(false).build())
                .jsonMapper(MemoryServer.JSON)
                .jsonSchemaValidator(new AcceptEverything())
                .tools(List.of(AsyncToolSpecification.builder()
                        .tool(McpSchema.Tool.builder("echo", Map.of("type", "object"))
                                .build())
                        .callHandler((exchange, request) -> Mono.fromCallable(() -> CallToolResult.builder(List.of(
                                        TextContent.builder("of a session").build()))
                                .build()))
                        .build()))
                .build();
        transport.serveStateless(() -> {
            asked.incrementAndGet();
            return fixture.server;
        });
        transport.onInitialized(begun::incrementAndGet);
        served = Async.run(() -> {
            try {
                transport.serve(Duration.ofSeconds(30));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        fixture.letGo.countDown();
        pipe.close();
        served.get(30, TimeUnit.SECONDS);
        sessions.close();
    }

    @Test
    void aProbeIsAnsweredBeforeAnythingElseBegins() throws Exception {
        JsonNode result = ask("probe", "server/discover", Map.of()).path("result");
        assertThat(result.path("resultType").asString()).isEqualTo("complete");
        assertThat(result.path("supportedVersions").get(0).asString()).isEqualTo(ClientMessages.STATELESS);
        assertThat(result.path("capabilities").has("resources")).isTrue();
        assertThat(result.path("instructions").asString()).isEqualTo("For tests.");
        assertThat(result.path("ttlMs").asLong()).isPositive();
        assertThat(result.path("cacheScope").asString()).isEqualTo("public");
        assertThat(result.path("_meta")
                        .path("io.modelcontextprotocol/serverInfo")
                        .path("name")
                        .asString())
                .isEqualTo("test");
        assertThat(begun).hasValue(0);

        ask(2, "tools/list", Map.of());
        ask(3, "tools/list", Map.of());
        assertThat(begun).hasValue(1);
    }

    @Test
    void aSessionLoadsNothingOfIt() throws Exception {
        send(ClientMessages.initialize(1));
        next();
        send(ClientMessages.call(2, "echo", Map.of()));
        assertThat(next().at("/result/content/0/text").asString()).isEqualTo("of a session");
        assertThat(asked).hasValue(0);
    }

    @Test
    void bothErasAreServedInTurns() throws Exception {
        assertThat(call(1, "echo", Map.of("text", "alone"))
                        .at("/result/content/0/text")
                        .asString())
                .isEqualTo("alone");
        send(ClientMessages.request(2, "initialize", ClientMessages.initializeParams(ClientMessages.STATELESS)));
        assertThat(next().at("/result/protocolVersion").asString()).isEqualTo("2025-11-25");
        assertThat(call(3, "echo", Map.of("text", "alone"))
                        .at("/result/resultType")
                        .asString())
                .isEqualTo("complete");
        send(ClientMessages.call(4, "echo", Map.of()));
        JsonNode ofSession = next();
        assertThat(ofSession.at("/result/content/0/text").asString()).isEqualTo("of a session");
        assertThat(ofSession.path("result").has("resultType")).isFalse();
    }

    @Test
    void aRequestWithoutItsFieldsIsMalformed() throws Exception {
        for (String field : List.of("protocolVersion", "clientCapabilities")) {
            Map<String, Object> meta = ClientMessages.meta(ClientMessages.STATELESS, Map.of());
            meta.remove("io.modelcontextprotocol/" + field);
            send(ClientMessages.stateless("a", "server/discover", Map.of(), meta));
            assertError(next(), -32602, "a");
        }
        send(ClientMessages.request("b", "server/discover", Map.of()));
        assertError(next(), -32602, "b");
        Map<String, Object> anonymous = new LinkedHashMap<>(ClientMessages.meta(ClientMessages.STATELESS, Map.of()));
        anonymous.remove("io.modelcontextprotocol/clientInfo");
        send(ClientMessages.stateless("c", "server/discover", Map.of(), anonymous));
        assertThat(next().has("result")).isTrue();
    }

    @Test
    void anUnknownRevisionIsToldWhatThereIs() throws Exception {
        send(ClientMessages.stateless(1, "tools/list", Map.of(), ClientMessages.meta("2999-01-01", Map.of())));
        JsonNode refused = next();
        assertError(refused, -32022, 1);
        assertThat(refused.at("/error/data/requested").asString()).isEqualTo("2999-01-01");
        assertThat(refused.at("/error/data/supported").get(1).asString()).isEqualTo("2025-11-25");
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
    void whatThisRevisionDoesNotHaveIsNotFound(String method) throws Exception {
        assertError(ask(7, method, Map.of()), -32601, 7);
    }

    @Test
    void aCallThatNeedsMoreThanItsClientOffersIsRefused() throws Exception {
        JsonNode refused = call(1, "sample", Map.of());
        assertError(refused, -32021, 1);
        assertThat(refused.at("/error/data/requiredCapabilities").has("sampling"))
                .isTrue();
        assertError(call(2, "greedy", Map.of()), -32603, 2);
        assertThat(call(3, "echo", Map.of()).has("result")).isTrue();
    }

    @Test
    void progressComesBeforeTheAnswer() throws Exception {
        Map<String, Object> meta = ClientMessages.meta(ClientMessages.STATELESS, Map.of());
        meta.put("progressToken", 5);
        send(ClientMessages.stateless(1, "tools/call", Map.of("name", "step"), meta));
        assertThat(next().at("/params/progress").asInt()).isEqualTo(1);
        JsonNode second = next();
        assertThat(second.at("/params/progress").asInt()).isEqualTo(2);
        assertThat(second.at("/params/progressToken").asInt()).isEqualTo(5);
        assertThat(next().path("id").asInt()).isEqualTo(1);
    }

    @Test
    void aCancelledCallIsInterruptedAndNotAnswered() throws Exception {
        fixture.onHang(transport::yieldTurn);
        send(ClientMessages.stateless(1, "tools/call", Map.of("name", "hang")));
        assertThat(fixture.hanging.await(20, TimeUnit.SECONDS)).isTrue();
        assertError(call(1, "echo", Map.of()), -32600, 1);
        send(ClientMessages.notification("notifications/cancelled", Map.of("requestId", 1)));
        assertThat(fixture.interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(call(2, "echo", Map.of()).path("id").asInt()).isEqualTo(2);
    }

    @Test
    void whoListensIsToldUntilItCancels() throws Exception {
        listen("s", Map.of("resourceSubscriptions", List.of("memory://mine/tea", "memory://theirs/tea")));
        JsonNode granted = next();
        assertThat(granted.path("method").asString()).isEqualTo("notifications/subscriptions/acknowledged");
        assertThat(granted.at("/params/notifications/resourceSubscriptions")).hasSize(1);
        listen("l", Map.of("resourcesListChanged", true, "toolsListChanged", true));
        assertThat(next().at("/params/notifications").propertyNames()).containsExactly("resourcesListChanged");

        fixture.server.subscriptions().listChanged("toolsListChanged");
        fixture.change("memory://theirs/tea");
        fixture.change("memory://mine/tea");
        assertThat(subscription(next())).isEqualTo("s");
        fixture.server.subscriptions().listChanged("resourcesListChanged");
        assertThat(subscription(next())).isEqualTo("l");

        assertError(ask("s", "tools/list", Map.of()), -32600, "s");
        send(ClientMessages.notification("notifications/cancelled", Map.of("requestId", "s")));
        assertThat(ask("s", "tools/list", Map.of()).has("result")).isTrue();
        fixture.change("memory://mine/tea");
        assertThat(fixture.server.subscriptions().count()).isEqualTo(1);

        pipe.close();
        JsonNode over = next();
        assertThat(over.path("id").asString()).isEqualTo("l");
        assertThat(over.at("/result/resultType").asString()).isEqualTo("complete");
    }

    @Test
    void whoCancelsBeforeItIsToldAnythingListensToNothing() throws Exception {
        CountDownLatch following = new CountDownLatch(1);
        fixture.onFollow(() -> {
            transport.yieldTurn();
            following.countDown();
            try {
                fixture.letGo.await();
            } catch (InterruptedException e) {
                // it was cancelled, which nobody here minds
            }
        });
        listen("s", Map.of("resourceSubscriptions", List.of("memory://mine/tea")));
        assertThat(following.await(20, TimeUnit.SECONDS)).isTrue();
        send(ClientMessages.notification("notifications/cancelled", Map.of("requestId", "s")));
        assertThat(fixture.unfollowed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aFailureBeforeACallIsAnswered() throws Exception {
        transport.onInitialized(() -> {
            throw new IllegalStateException("nothing can begin");
        });
        assertError(ask(1, "tools/list", Map.of()), -32603, 1);
        assertThat(ask(2, "tools/list", Map.of()).has("result")).isTrue();
    }

    @Test
    void aFailureToListenIsAnswered() throws Exception {
        fixture.onFollow(() -> {
            throw new IllegalStateException("nothing can be watched");
        });
        listen("s", Map.of("resourceSubscriptions", List.of("memory://mine/tea")));
        assertError(next(), -32603, "s");
        assertThat(ask("s", "tools/list", Map.of()).has("result")).isTrue();
    }

    @Test
    void afterAProbeASessionCanFollow() throws Exception {
        ask(1, "server/discover", Map.of());
        send(ClientMessages.initialize(2));
        assertThat(next().at("/result/protocolVersion").asString()).isEqualTo(ClientMessages.REVISION);
        ask(3, "tools/list", Map.of());
        assertThat(begun).hasValue(1);
    }

    private static String subscription(JsonNode notification) {
        return notification
                .at("/params/_meta")
                .path("io.modelcontextprotocol/subscriptionId")
                .asString();
    }

    private void listen(String id, Map<String, Object> filter) throws IOException {
        send(ClientMessages.stateless(id, "subscriptions/listen", Map.of("notifications", filter)));
    }

    private JsonNode call(Object id, String tool, Map<String, ?> arguments) throws Exception {
        return ask(id, "tools/call", Map.of("name", tool, "arguments", arguments));
    }

    private JsonNode ask(Object id, String method, Map<String, ?> params) throws Exception {
        send(ClientMessages.stateless(id, method, params));
        return next();
    }

    private void send(String message) throws IOException {
        pipe.send(message);
    }

    private JsonNode next() throws InterruptedException {
        return pipe.next();
    }

    private static void assertError(JsonNode reply, int code, Object id) {
        assertThat(reply.at("/error/code").asInt()).as(reply.toString()).isEqualTo(code);
        assertThat(reply.path("id").asString()).as(reply.toString()).isEqualTo(String.valueOf(id));
    }
}
