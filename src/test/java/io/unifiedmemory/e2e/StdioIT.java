package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.memory.util.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * How the server speaks over its standard streams to a client that behaves, hurries, leaves early or changes its mind.
 */
class StdioIT {

    private static final Map<String, Object> NOTHING = Map.of();

    @TempDir
    private Path folder;

    private Home home() {
        return new Home(folder);
    }

    @Test
    void aConversationWrittenAtOnceIsAnsweredWholeBeforeTheServerLeaves() {
        try (McpProcess server = home().local().start()) {
            server.sendRequest(1, "initialize", ClientMessages.initializeParams("2025-06-18"))
                    .sendNotification("notifications/initialized", NOTHING)
                    .sendCall(2, "store", memory("tea", "Darjeeling"))
                    .closeInput();

            assertThat(server.exitCode()).isZero();
            assertThat(server.lines()).hasSize(2);
            assertThat(server.replyTo(1).at("/result/serverInfo/name").asString())
                    .isEqualTo("unified-memory");
            assertThat(server.replyTo(2).at("/result/structuredContent/stored").asBoolean())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
    void everyStableRevisionUpToTheSdksIsSpokenAsAsked(String revision) {
        try (McpProcess server = home().local().start()) {
            assertThat(server.initialize(revision).path("protocolVersion").asString())
                    .isEqualTo(revision);
        }
    }

    @Test
    void anUnknownRevisionIsAnsweredByTheNewestThatIsSpoken() {
        try (McpProcess server = home().local().start()) {
            assertThat(server.initialize("2099-01-01").path("protocolVersion").asString())
                    .isEqualTo("2025-11-25");
        }
    }

    @Test
    void aClientThatProbesForTheStatelessRevisionOrAsksTooEarlyCanStillInitialize() {
        try (McpProcess server = home().local().start()) {
            assertThat(server.request("server/discover", NOTHING)
                            .at("/error/code")
                            .asInt())
                    .as("a request of that revision says which one it is of")
                    .isEqualTo(-32602);
            assertThat(server.request("tools/list", NOTHING)
                            .path("error")
                            .path("message")
                            .asString())
                    .containsIgnoringCase("initialize");

            assertThat(server.initialize().path("protocolVersion").asString()).isEqualTo("2025-11-25");
            assertThat(server.request("ping", NOTHING).path("result").isObject())
                    .isTrue();
            assertThat(server.request("no/such/method", NOTHING)
                            .at("/error/code")
                            .asInt())
                    .isEqualTo(-32601);
            assertThat(server.request("tools/list", NOTHING).at("/result/tools").size())
                    .isPositive();
        }
    }

    @Test
    void aHundredCallsInFlightAtTheEndOfInputAreAllAnswered() {
        try (McpProcess server = home().local().start()) {
            server.initialize();
            IntStream.range(0, 100).forEach(i -> server.sendCall(i, "store", memory("key-" + i, "value " + i)));
            server.closeInput();

            assertThat(server.exitCode()).isZero();
            for (int i = 0; i < 100; i++) {
                assertThat(server.replyTo(i)
                                .at("/result/structuredContent/stored")
                                .asBoolean())
                        .isTrue();
            }
        }
    }

    @Test
    void callsThatWaitForASlowUpstreamAtTheEndOfInputAreAllAnswered() {
        try (McpProcess server =
                home().withFault(10_000, "delay", "dawdle", "300").start()) {
            server.initialize();
            awaitUpstream(server);
            IntStream.range(0, 3).forEach(i -> server.sendCall(i, "store", memory("dawdle-" + i, "value " + i)));
            server.closeInput();

            assertThat(server.exitCode()).isZero();
            for (int i = 0; i < 3; i++) {
                assertThat(server.replyTo(i)
                                .at("/result/structuredContent/stored")
                                .asBoolean())
                        .isTrue();
            }
        }
    }

    @Test
    void aStoreIsSeenByARetrieveThatWasSentWithoutWaitingForIt() {
        try (McpProcess server = home().local().start()) {
            server.initialize();
            for (int i = 0; i < 100; i++) {
                server.sendCall("store-" + i, "store", memory("key-" + i, "value " + i));
                server.sendCall("retrieve-" + i, "retrieve", Map.of("user_id", "anna", "key", "key-" + i));
            }
            for (int i = 0; i < 100; i++) {
                assertThat(server.replyTo("retrieve-" + i)
                                .at("/result/structuredContent/entry/value")
                                .asString())
                        .isEqualTo("value " + i);
            }
        }
    }

    @Test
    void aCancelledCallIsNotAnsweredAndHoldsUpNothing() {
        try (McpProcess server =
                home().withFault(600_000, "hang", "never-answer").start()) {
            server.initialize();
            awaitUpstream(server);
            server.sendCall("cancelled", "store", memory("never-answer", "kept here, stuck there"));
            server.askUntil(
                    "retrieve",
                    Map.of("user_id", "anna", "key", "never-answer"),
                    reply -> reply.path("found").asBoolean());

            server.sendNotification("notifications/cancelled", Map.of("requestId", "cancelled", "reason", "test"));
            assertThat(server.request("ping", NOTHING).path("result").isObject())
                    .isTrue();
            server.closeInput();
            assertThat(server.exitCode()).isZero();

            assertThat(server.lines()).noneMatch(line -> line.contains("\"cancelled\""));
        }
    }

    @Test
    void textIsExactWhateverTheLocaleOfTheProcess() {
        String value = "Grüße 世界 👩🏽‍🚀 \"q\" \\ \r\n\t \u0001 \u2028 مرحبا ﷽ e\u0301";
        try (McpProcess server =
                home().local().env("LANG", "C").env("LC_ALL", "POSIX").start()) {
            server.initialize();
            server.ask("store", memory("キー ключ", value));
            JsonNode entry = server.ask("retrieve", Map.of("user_id", "anna", "key", "キー ключ"))
                    .path("entry");
            assertThat(entry.path("value").asString()).isEqualTo(value);
            assertThat(entry.path("key").asString()).isEqualTo("キー ключ");
        }
    }

    @Test
    void stdoutCarriesNothingButJsonRpc() {
        try (McpProcess server = home().withReference(5_000).start()) {
            server.initialize();
            awaitUpstream(server);
            server.ask("store", memory("tea", "Darjeeling"));
            server.call("store", Map.of("user_id", "anna"));
            server.sendLine("this is not JSON").closeInput();
            assertThat(server.exitCode()).isZero();

            List<JsonNode> messages =
                    server.lines().stream().map(Json.mapper()::readTree).toList();
            assertThat(messages)
                    .isNotEmpty()
                    .allSatisfy(message ->
                            assertThat(message.path("jsonrpc").asString()).isEqualTo("2.0"));
        }
    }

    private static Map<String, Object> memory(String key, String value) {
        return Map.of("user_id", "anna", "key", key, "value", value);
    }

    private static void awaitUpstream(McpProcess server) {
        server.askUntil(
                "health",
                NOTHING,
                health -> health.at("/backends/" + Home.UPSTREAM + "/up").asBoolean());
    }
}
