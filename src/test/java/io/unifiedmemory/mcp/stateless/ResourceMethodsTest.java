package io.unifiedmemory.mcp.stateless;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.mcp.MemoryMethods;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.prompts.Prompts;
import io.unifiedmemory.resources.Completions;
import io.unifiedmemory.resources.Resources;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The memory's resources, prompts and completion where every request stands alone. */
@Timeout(60)
class ResourceMethodsTest {

    private static final Principal ALICE = new Principal("alice", UserSet.of(Set.of("alice")), Scope.READ);
    private static final Principal ALL = new Principal("all", UserSet.ALL, Scope.READ_WRITE);

    @TempDir
    private Path folder;

    private UnifiedMemory memory;
    private Resources resources;
    private StatelessServer server;

    @BeforeEach
    void start() {
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        memory = UnifiedMemory.builder()
                .primary("sqlite", new SqliteStore(database), BackendOptions.LOCAL)
                .build();
        memory.store("alice", "a", "of alice", Map.of());
        memory.store("bob", "b", "of bob", Map.of());
        ToolOptions options = new ToolOptions(Limits.DEFAULT, null, false, true);
        ToolBox tools = new ToolBox(
                memory, options, Clock.systemUTC(), "1", () -> DatabaseInfo.ofFile(folder, 0, null), () -> null);
        resources = new Resources(memory, options);
        MemoryMethods methods = new MemoryMethods(resources, new Completions(memory, options), new Prompts(tools));
        server = MemoryService.of(tools, () -> methods, "1", () -> "secret");
    }

    @AfterEach
    void stop() {
        server.close();
        resources.close();
        memory.close();
    }

    @Test
    void everyMethodAnswersWhatTheCallerMaySee() {
        JsonNode listed = ask("resources/list", Map.of(), ALICE).path("result");
        assertThat(listed.path("resources")).hasSize(1);
        assertThat(listed.path("ttlMs").asLong()).isZero();
        assertThat(listed.path("cacheScope").asString()).isEqualTo("private");
        assertThat(ask("resources/list", Map.of(), ALL).at("/result/resources")).hasSize(2);
        assertThat(ask("resources/templates/list", Map.of(), ALICE)
                        .at("/result/resourceTemplates/0/uriTemplate")
                        .asString())
                .startsWith("memory://");
        JsonNode read =
                ask("resources/read", Map.of("uri", "memory://alice/a"), ALICE).path("result");
        assertThat(read.at("/contents/0/text").asString()).isEqualTo("of alice");
        assertThat(read.path("cacheScope").asString()).isEqualTo("private");
        assertThat(ask("prompts/list", Map.of(), ALICE).at("/result/prompts").findValuesAsString("name"))
                .contains("recall");
        assertThat(ask("prompts/get", Map.of("name", "recall", "arguments", Map.of("topic", "alice")), ALICE)
                        .at("/result/messages/0/role")
                        .asString())
                .isEqualTo("user");
        JsonNode completed = ask(
                "completion/complete",
                Map.of(
                        "ref", Map.of("type", "ref/resource", "uri", "memory://{user_id}/{key}"),
                        "argument", Map.of("name", "user_id", "value", "")),
                ALICE);
        assertThat(completed.at("/result/completion/values/0").asString()).isEqualTo("alice");
        assertThat(completed.at("/result/completion/values")).hasSize(1);
    }

    @Test
    void aReaderIsNotOfferedWhatWrites() {
        assertThat(ask("tools/list", Map.of(), ALICE).at("/result/tools").findValuesAsString("name"))
                .contains("search")
                .doesNotContain("store", "delete");
        assertThat(ask("tools/list", Map.of(), ALL).at("/result/tools").findValuesAsString("name"))
                .contains("store", "delete");
    }

    @Test
    void whatIsNotThereAndWhatIsAnothersAreRefusedAlike() {
        for (String uri : List.of("memory://alice/nothing", "memory://bob/b")) {
            JsonNode refused = ask("resources/read", Map.of("uri", uri), ALICE).path("error");
            assertThat(refused.path("code").asInt()).isEqualTo(-32602);
            assertThat(refused.at("/data/uri").asString()).isEqualTo(uri);
        }
        assertThat(ask("prompts/get", Map.of("name", "nothing"), ALICE)
                        .at("/error/code")
                        .asInt())
                .isEqualTo(-32602);
        assertThat(ask("resources/read", Map.of(), ALICE).at("/error/code").asInt())
                .isEqualTo(-32602);
        assertThat(ask("resources/list", Map.of("cursor", "x"), ALICE)
                        .at("/error/code")
                        .asInt())
                .isEqualTo(-32602);
    }

    @Test
    void whoFollowsAMemoryIsToldOfItsChange() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Subscription subscription = server.listen(
                request(
                        "subscriptions/listen",
                        Map.of(
                                "notifications",
                                Map.of(
                                        "resourcesListChanged",
                                        true,
                                        "resourceSubscriptions",
                                        List.of("memory://alice/a", "memory://bob/b")))),
                ALICE);
        subscription.start(json -> told.add(new String(json, StandardCharsets.UTF_8)));
        assertThat(told.poll(20, TimeUnit.SECONDS))
                .contains("acknowledged", "\"resourceSubscriptions\":[\"memory://alice/a\"]")
                .doesNotContain("resourcesListChanged");
        memory.store("bob", "b", "changed", Map.of());
        memory.store("alice", "a", "changed", Map.of());
        assertThat(told.poll(20, TimeUnit.SECONDS)).contains("resources/updated", "memory://alice/a");
        subscription.cancel();
        assertThat(server.subscriptions().count()).isZero();
    }

    private JsonNode ask(String method, Map<String, ?> params, Principal caller) {
        Map<String, Object> reply = server.answer(request(method, params), caller, notification -> {})
                .message();
        return Json.mapper().readTree(Json.write(reply));
    }

    private static JSONRPCRequest request(String method, Map<String, ?> params) {
        return new JSONRPCRequest(
                method,
                1,
                Json.parseObject(ClientMessages.stateless(1, method, params)).get("params"));
    }
}
