package io.unifiedmemory.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.harness.Async;
import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.harness.LinePipe;
import io.unifiedmemory.mcp.stateless.MemoryService;
import io.unifiedmemory.mcp.stateless.StatelessServer;
import io.unifiedmemory.mcp.stdio.StdioTransport;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Before everything about a user is deleted, the person at the client is asked, in both eras of the protocol. */
@Timeout(60)
class ConfirmedDeleteTest {

    private static final Map<String, Object> ABLE = Map.of("elicitation", Map.of());
    private static final Map<String, Object> EVERYTHING = Map.of("user_id", "anna", "all", true);
    private static final Map<String, Object> YES = Map.of("action", "accept", "content", Map.of("confirm", true));

    @TempDir
    private Path folder;

    private SqliteStore store;
    private UnifiedMemory memory;
    private StatelessServer server;

    @BeforeEach
    void start() {
        store = new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db"))));
        memory = UnifiedMemory.builder()
                .primary("sqlite", store, BackendOptions.LOCAL)
                .build();
        memory.store("anna", "tea", "Darjeeling", Map.of());
        server = server(true, store::secret);
    }

    @AfterEach
    void stop() {
        memory.close();
    }

    private StatelessServer server(boolean confirm, Supplier<String> secret) {
        Supplier<MemoryMethods> unused = () -> {
            throw new AssertionError("nothing but tools is asked for here");
        };
        return MemoryService.of(tools(confirm), unused, "1", secret);
    }

    private ToolBox tools(boolean confirm) {
        return new ToolBox(
                memory,
                new ToolOptions(Limits.DEFAULT, null, false, false, confirm, true, null),
                Clock.systemUTC(),
                "1",
                () -> DatabaseInfo.ofFile(folder.resolve("memory.db"), 1, null),
                () -> null);
    }

    @Test
    void aRequestThatStandsAloneIsSentAgainWithTheAnswer() {
        JsonNode asked = delete(server, Principal.LOCAL, ABLE, null, null);
        assertThat(asked.at("/result/resultType").asString()).isEqualTo("input_required");
        assertThat(asked.path("result").has("ttlMs")).isFalse();
        JsonNode question = asked.at("/result/inputRequests/confirm");
        assertThat(question.path("method").asString()).isEqualTo("elicitation/create");
        assertThat(question.at("/params/message").asString()).contains("anna");
        assertThat(isKept()).isTrue();

        String state = asked.at("/result/requestState").asString();
        JsonNode declined = delete(server, Principal.LOCAL, ABLE, state, Map.of("action", "decline"));
        assertThat(declined.at("/result/isError").asBoolean()).isTrue();
        JsonNode unticked = delete(
                server, Principal.LOCAL, ABLE, state, Map.of("action", "accept", "content", Map.of("confirm", false)));
        assertThat(unticked.at("/result/isError").asBoolean()).isTrue();
        assertThat(isKept()).isTrue();

        JsonNode done = delete(server, Principal.LOCAL, ABLE, state, YES);
        assertThat(done.at("/result/structuredContent/count").asInt()).isEqualTo(1);
        assertThat(isKept()).isFalse();
    }

    @Test
    void theAnswerMayGoToAnotherServerOnTheSameDatabase() {
        String state = delete(server, Principal.LOCAL, ABLE, null, null)
                .at("/result/requestState")
                .asString();
        SqliteStore again = new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db"))));
        StatelessServer other = server(true, again::secret);
        assertThat(delete(other, Principal.LOCAL, ABLE, state, YES)
                        .at("/result/structuredContent/count")
                        .asInt())
                .isEqualTo(1);
        again.close();
    }

    @Test
    void whatWasNotAskedIsNotAnswered() {
        String state = delete(server, Principal.LOCAL, ABLE, null, null)
                .at("/result/requestState")
                .asString();
        Principal other = new Principal("other", UserSet.ALL, Scope.READ_WRITE);
        assertThat(delete(server, other, ABLE, state, YES).at("/error/code").asInt())
                .isEqualTo(-32602);
        assertThat(delete(server, Principal.LOCAL, ABLE, state + "x", YES)
                        .at("/error/code")
                        .asInt())
                .isEqualTo(-32602);
        StatelessServer elsewhere = server(true, () -> "another database");
        assertThat(delete(elsewhere, Principal.LOCAL, ABLE, state, YES)
                        .at("/error/code")
                        .asInt())
                .isEqualTo(-32602);
        assertThat(delete(server, Principal.LOCAL, ABLE, null, YES)
                        .at("/result/resultType")
                        .asString())
                .as("nobody can answer before the question")
                .isEqualTo("input_required");
        assertThat(delete(server, Principal.LOCAL, ABLE, state, null)
                        .at("/result/resultType")
                        .asString())
                .isEqualTo("input_required");
        assertThat(isKept()).isTrue();
    }

    @Test
    void clientsThatCannotAskAreNotHeldUp() {
        assertThat(delete(server, Principal.LOCAL, Map.of(), null, null)
                        .at("/result/structuredContent/count")
                        .asInt())
                .isEqualTo(1);
        memory.store("anna", "tea", "Darjeeling", Map.of());
        StatelessServer unasking = server(false, store::secret);
        assertThat(delete(unasking, Principal.LOCAL, ABLE, null, null)
                        .at("/result/structuredContent/count")
                        .asInt())
                .isEqualTo(1);
        memory.store("anna", "tea", "Darjeeling", Map.of());
        Map<String, Object> onlyLinks = Map.of("elicitation", Map.of("url", Map.of()));
        assertThat(delete(server, Principal.LOCAL, onlyLinks, null, null)
                        .at("/result/structuredContent/count")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void inASessionOtherCallsGoOnWhileThePersonThinks() throws Exception {
        LinePipe pipe = new LinePipe();
        StdioTransport transport = new StdioTransport(pipe.in(), pipe.out());
        MemoryServer sessions = new MemoryServer(transport, tools(true), "1", transport::yieldTurn);
        CompletableFuture<Void> served = Async.run(() -> serve(transport));
        pipe.send(ClientMessages.request(1, "initialize", capable()));
        assertThat(pipe.next().at("/result/protocolVersion").asString()).isEqualTo(ClientMessages.REVISION);

        JsonNode question = asked(pipe, 2);
        pipe.send(ClientMessages.call(3, "retrieve", Map.of("user_id", "anna", "key", "tea")));
        assertThat(pipe.next().at("/result/structuredContent/found").asBoolean())
                .isTrue();
        answer(pipe, question, Map.of("action", "decline"));
        assertThat(pipe.next().at("/result/isError").asBoolean()).isTrue();

        JsonNode cancelled = asked(pipe, 4);
        pipe.send(ClientMessages.notification("notifications/cancelled", Map.of("requestId", 4)));
        answer(pipe, cancelled, YES);
        pipe.send(ClientMessages.call(5, "retrieve", Map.of("user_id", "anna", "key", "tea")));
        assertThat(pipe.next().at("/result/structuredContent/found").asBoolean())
                .isTrue();

        JsonNode failed = asked(pipe, 6);
        pipe.send(Json.write(
                Map.of("jsonrpc", "2.0", "id", id(failed), "error", Map.of("code", -32603, "message", "no window"))));
        assertThat(pipe.next().at("/result/content/0/text").asString()).contains("could not be asked");

        answer(pipe, asked(pipe, 7), YES);
        assertThat(pipe.next().at("/result/structuredContent/count").asInt()).isEqualTo(1);
        pipe.close();
        served.get(30, TimeUnit.SECONDS);
        sessions.close();
    }

    @Test
    void whoHasGoneIsNotWaitedFor() throws Exception {
        LinePipe pipe = new LinePipe();
        StdioTransport transport = new StdioTransport(pipe.in(), pipe.out());
        MemoryServer sessions = new MemoryServer(transport, tools(true), "1", transport::yieldTurn);
        CompletableFuture<Void> served = Async.run(() -> serve(transport));
        pipe.send(ClientMessages.request(1, "initialize", capable()));
        pipe.next();
        asked(pipe, 2);

        pipe.close();

        served.get(15, TimeUnit.SECONDS);
        assertThat(isKept()).isTrue();
        sessions.close();
    }

    private static void serve(StdioTransport transport) {
        try {
            transport.serve(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Object> capable() {
        Map<String, Object> params = new LinkedHashMap<>(ClientMessages.initializeParams(ClientMessages.REVISION));
        params.put("capabilities", ABLE);
        return params;
    }

    private static JsonNode asked(LinePipe pipe, int id) throws Exception {
        pipe.send(ClientMessages.call(id, "delete", EVERYTHING));
        JsonNode question = pipe.next();
        assertThat(question.path("method").asString()).as(question.toString()).isEqualTo("elicitation/create");
        assertThat(question.at("/params/message").asString()).contains("anna");
        return question;
    }

    private static void answer(LinePipe pipe, JsonNode question, Map<String, Object> result) throws Exception {
        pipe.send(Json.write(Map.of("jsonrpc", "2.0", "id", id(question), "result", result)));
    }

    private static Object id(JsonNode question) {
        return question.path("id").isNumber()
                ? (Object) question.path("id").asLong()
                : question.path("id").asString();
    }

    private boolean isKept() {
        return memory.retrieve("anna", "tea").lookup() instanceof Lookup.Found;
    }

    private static JsonNode delete(
            StatelessServer server,
            Principal caller,
            Map<String, Object> capabilities,
            @Nullable String state,
            @Nullable Map<String, Object> response) {
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("name", "delete");
        params.put("arguments", EVERYTHING);
        params.put("_meta", ClientMessages.meta(ClientMessages.STATELESS, capabilities));
        if (state != null) {
            params.put("requestState", state);
        }
        if (response != null) {
            params.put("inputResponses", Map.of("confirm", response));
        }
        StatelessServer.Answer answer =
                server.answer(new JSONRPCRequest("tools/call", 1, params), caller, notification -> {});
        return Json.mapper().readTree(Json.write(answer.message()));
    }
}
