package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.TokenFile;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.http.guard.AccessPolicy;
import io.unifiedmemory.mcp.MemoryMethods;
import io.unifiedmemory.mcp.MemoryServer;
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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Resources, prompts and completion over both HTTP transports, as clients with sessions meet them. */
@Timeout(60)
class ResourcesOverHttpTest {

    @TempDir
    private Path folder;

    private UnifiedMemory memory;
    private Resources resources;
    private HttpServer http;
    private Wire wire;
    private String writer;
    private String reader;

    @BeforeEach
    void start() throws IOException {
        memory = UnifiedMemory.builder()
                .primary(
                        "sqlite",
                        new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")))),
                        BackendOptions.LOCAL)
                .build();
        memory.store("anna", "tea/kind", "Darjeeling", Map.of("tag", "x"));
        memory.store("bob", "secret", "of bob", Map.of());
        ToolOptions options = new ToolOptions(Limits.DEFAULT, null, false, true);
        ToolBox tools = new ToolBox(
                memory,
                options,
                Clock.systemUTC(),
                "1",
                () -> DatabaseInfo.ofFile(Path.of("memory.db"), 1, null),
                () -> null);
        resources = new Resources(memory, options);
        MemoryMethods methods = new MemoryMethods(resources, new Completions(memory, options), new Prompts(tools));
        Path file = folder.resolve("tokens.json");
        TokenFile tokens = new TokenFile(file, Clock.systemUTC());
        UserSet anna = UserSet.of(Set.of("anna"));
        writer = "Authorization: Bearer "
                + tokens.create("w", anna, Scope.READ_WRITE, null).text();
        reader = "Authorization: Bearer "
                + tokens.create("r", anna, Scope.READ, null).text();
        http = HttpServer.builder(HttpOptions.DEFAULT.at(ListenAddress.parse("127.0.0.1:0")), Duration.ofSeconds(5))
                .access(AccessPolicy.tokens(
                        new AccessOptions(file, true, null, null, 1000, 4, 2),
                        tokens,
                        Clock.systemUTC(),
                        System::nanoTime,
                        refused -> {}))
                .build();
        http.streamable().answerBy(() -> methods);
        http.sse().answerBy(() -> methods);
        new MemoryServer(http.streamable(), tools, "1");
        new MemoryServer(http.sse(), tools, "1");
        wire = new Wire(http.start());
    }

    @AfterEach
    void stop() {
        http.close();
        resources.close();
        memory.close();
    }

    private String session(String token) throws IOException {
        Wire.Reply opened = wire.post("/mcp", ClientMessages.initialize(1), token);
        assertThat(opened.json().at("/result/capabilities").toString())
                .isEqualTo("{\"completions\":{},\"logging\":{},\"prompts\":{\"listChanged\":false},"
                        + "\"resources\":{\"subscribe\":true,\"listChanged\":false},"
                        + "\"tools\":{\"listChanged\":false}}");
        return "Mcp-Session-Id: " + opened.header("mcp-session-id");
    }

    private JsonNode ask(String token, String session, String method, Map<String, ?> params) throws IOException {
        JsonNode reply = wire.post("/mcp", ClientMessages.request(2, method, params), token, session)
                .json();
        return reply.has("error") ? reply.get("error") : reply.get("result");
    }

    private static List<String> names(JsonNode list) {
        return list.valueStream().map(one -> one.get("name").asString()).toList();
    }

    @Test
    void whatACallerMaySeeIsListedAndRead() throws IOException {
        String session = session(reader);

        JsonNode list = ask(reader, session, "resources/list", Map.of());
        assertThat(names(list.get("resources"))).containsExactly("tea/kind");
        JsonNode resource = list.at("/resources/0");
        assertThat(resource.get("uri").asString()).isEqualTo("memory://anna/tea%2Fkind");
        assertThat(resource.get("mimeType").asString()).isEqualTo("text/plain");
        assertThat(resource.at("/annotations/lastModified").asString()).startsWith("20");
        assertThat(ask(reader, session, "resources/templates/list", Map.of())
                        .at("/resourceTemplates/0/uriTemplate")
                        .asString())
                .isEqualTo("memory://{user_id}/{key}");

        JsonNode read = ask(reader, session, "resources/read", Map.of("uri", "memory://anna/tea%2Fkind"));
        assertThat(read.at("/contents/0/text").asString()).isEqualTo("Darjeeling");
        assertThat(read.at("/contents/0/_meta/io.unifiedmemory~1metadata/tag").asString())
                .isEqualTo("x");

        JsonNode missing = ask(reader, session, "resources/read", Map.of("uri", "memory://bob/secret"));
        assertThat(missing.get("code").asInt()).isEqualTo(-32002);
        assertThat(missing.at("/data/uri").asString()).isEqualTo("memory://bob/secret");
        assertThat(ask(reader, session, "resources/subscribe", Map.of("uri", "memory://bob/secret"))
                        .get("code")
                        .asInt())
                .isEqualTo(-32002);
    }

    @Test
    void wrongParametersAreRefused() throws IOException {
        String session = session(reader);

        for (Map.Entry<String, Map<String, ?>> wrong : List.of(
                Map.<String, Map<String, ?>>entry("resources/list", Map.of("cursor", "x")),
                Map.<String, Map<String, ?>>entry("resources/list", Map.of("cursor", 1)),
                Map.<String, Map<String, ?>>entry("resources/templates/list", Map.of("cursor", "x")),
                Map.<String, Map<String, ?>>entry("resources/read", Map.of()),
                Map.<String, Map<String, ?>>entry("resources/subscribe", Map.of("uri", 1)),
                Map.<String, Map<String, ?>>entry("prompts/get", Map.of("name", "nothing")),
                Map.<String, Map<String, ?>>entry("prompts/get", Map.of("name", "recall")),
                Map.<String, Map<String, ?>>entry(
                        "prompts/get", Map.of("name", "recall", "arguments", Map.of("topic", 1))),
                Map.<String, Map<String, ?>>entry("completion/complete", Map.of("ref", Map.of("type", "ref/x"))),
                Map.<String, Map<String, ?>>entry(
                        "completion/complete",
                        Map.of(
                                "ref",
                                Map.of("type", "ref/prompt", "name", "nothing"),
                                "argument",
                                Map.of("name", "topic", "value", ""))))) {
            assertThat(ask(reader, session, wrong.getKey(), wrong.getValue())
                            .path("code")
                            .asInt())
                    .as("%s", wrong)
                    .isEqualTo(-32602);
        }
    }

    @Test
    void whoMayOnlyReadIsShownNothingThatWrites() throws IOException {
        String reading = session(reader);
        String writing = session(writer);

        assertThat(names(ask(reader, reading, "tools/list", Map.of()).get("tools")))
                .contains("search", "retrieve", "health")
                .doesNotContain("store", "delete", "cleanup", "reconcile");
        assertThat(names(ask(writer, writing, "tools/list", Map.of()).get("tools")))
                .contains("store", "delete", "cleanup")
                .doesNotContain("reconcile");
        assertThat(names(ask(reader, reading, "prompts/list", Map.of()).get("prompts")))
                .containsExactly("recall");
        assertThat(names(ask(writer, writing, "prompts/list", Map.of()).get("prompts")))
                .containsExactly("recall", "remember", "review");
    }

    @Test
    void promptsAndCompletionsAnswer() throws IOException {
        String session = session(reader);

        JsonNode prompt = ask(
                reader, session, "prompts/get", Map.of("name", "recall", "arguments", Map.of("topic", "Darjeeling")));
        assertThat(prompt.at("/messages/0/role").asString()).isEqualTo("user");
        assertThat(prompt.at("/messages/0/content/text").asString()).contains("tea/kind: Darjeeling");
        JsonNode completed = ask(
                reader,
                session,
                "completion/complete",
                Map.of(
                        "ref",
                        Map.of("type", "ref/resource", "uri", "memory://{user_id}/{key}"),
                        "argument",
                        Map.of("name", "key", "value", "te"),
                        "context",
                        Map.of("arguments", Map.of("user_id", "anna"))));
        assertThat(completed.get("completion"))
                .isEqualTo(Json.mapper().readTree("{\"values\":[\"tea/kind\"],\"hasMore\":false}"));
    }

    @Test
    void aSubscriberHearsOfAChangeOnItsStream() throws IOException {
        String session = session(reader);
        try (Wire.Events stream = wire.events("/mcp", reader, session)) {
            assertThat(ask(reader, session, "resources/subscribe", Map.of("uri", "memory://anna/new")))
                    .isEmpty();
            memory.store("anna", "new", "v", Map.of());

            assertThat(String.valueOf(stream.next("message")))
                    .contains("notifications/resources/updated", "memory://anna/new");
        }
    }

    @Test
    void aSubscriberOverSseHearsOfAChange() throws IOException {
        try (Wire.Events stream = wire.events("/sse", reader)) {
            String endpoint = String.valueOf(stream.next("endpoint"));
            wire.post(endpoint, ClientMessages.initialize(1), reader);
            assertThat(stream.next("message")).contains("\"id\":1");
            wire.post(
                    endpoint,
                    ClientMessages.request(2, "resources/subscribe", Map.of("uri", "memory://anna/x")),
                    reader);
            assertThat(stream.next("message")).contains("\"id\":2", "\"result\":{}");
            memory.store("anna", "x", "v", Map.of());

            assertThat(stream.next("message")).contains("notifications/resources/updated", "memory://anna/x");
        }
    }
}
