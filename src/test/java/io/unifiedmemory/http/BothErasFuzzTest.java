package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.harness.LinePipe;
import io.unifiedmemory.harness.OddMessages;
import io.unifiedmemory.mcp.MemoryMethods;
import io.unifiedmemory.mcp.MemoryServer;
import io.unifiedmemory.mcp.stateless.MemoryService;
import io.unifiedmemory.mcp.stdio.StdioTransport;
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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Twenty thousand messages of both eras, most of them wrong, to the whole server on each transport. */
@Timeout(300)
class BothErasFuzzTest {

    private static final int MESSAGES = 20_000;
    private static final int LOOK = 500;
    private static final long SEED = 20_261_126;
    private static final Set<Integer> LAWFUL = Set.of(-32700, -32600, -32601, -32602, -32020, -32021, -32022, -32002);

    @TempDir
    private Path folder;

    private UnifiedMemory memory;
    private Resources resources;
    private ToolBox tools;
    private MemoryMethods methods;

    @BeforeEach
    void start() {
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        memory = UnifiedMemory.builder()
                .primary("sqlite", new SqliteStore(database), BackendOptions.LOCAL)
                .build();
        tools = new ToolBox(
                memory,
                ToolOptions.DEFAULT,
                Clock.systemUTC(),
                "1",
                () -> DatabaseInfo.ofFile(folder, 0, null),
                () -> null);
        resources = new Resources(memory, ToolOptions.DEFAULT);
        methods = new MemoryMethods(resources, new Completions(memory, ToolOptions.DEFAULT), new Prompts(tools));
    }

    @AfterEach
    void stop() {
        resources.close();
        memory.close();
    }

    @Test
    void onStandardInputAndOutput() throws Exception {
        LinePipe pipe = new LinePipe();
        StdioTransport transport = new StdioTransport(pipe.in(), pipe.out());
        transport.answerBy(() -> methods);
        transport.serveStateless(() -> MemoryService.of(tools, () -> methods, "1", () -> "secret"));
        MemoryServer sessions = new MemoryServer(transport, tools, "1", transport::yieldTurn);
        CompletableFuture<Void> served = Async.run(() -> {
            try {
                transport.serve(Duration.ofSeconds(30));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        OddMessages messages = new OddMessages(SEED);
        Set<String> answered = new HashSet<>();
        for (int i = 0; i < MESSAGES; i++) {
            pipe.send(messages.next(i).replace('\n', ' '));
            if (i % LOOK == LOOK - 1) {
                pipe.send(ClientMessages.stateless("look " + i, "server/discover", Map.of()));
                JsonNode reply = pipe.next();
                while (!reply.path("id").asString().equals("look " + i)) {
                    assertLawful(reply.toString(), reply);
                    if (reply.path("id").isInt() && !reply.has("method")) {
                        assertThat(answered.add(reply.path("id").asString() + " " + i / LOOK))
                                .as("answered twice: %s", reply)
                                .isTrue();
                    }
                    reply = pipe.next();
                }
                assertThat(reply.at("/result/resultType").asString()).isEqualTo("complete");
            }
        }
        assertThat(answered).hasSizeGreaterThan(MESSAGES / 2);
        pipe.close();
        served.get(60, TimeUnit.SECONDS);
        sessions.close();
    }

    @Test
    void overHttp() throws Exception {
        HttpServer http = HttpServer.builder(
                        HttpOptions.DEFAULT.at(ListenAddress.parse("127.0.0.1:0")), Duration.ofSeconds(20))
                .access(new Everybody())
                .build();
        http.streamable().answerBy(() -> methods);
        new MemoryServer(http.streamable(), tools, "1");
        http.serveStateless(MemoryService.of(tools, () -> methods, "1", () -> "secret"));
        URI address = URI.create("http://127.0.0.1:" + http.start() + "/mcp");
        HttpClient client = HttpClient.newHttpClient();
        String session = client.send(post(address, ClientMessages.initialize(0)).build(), BodyHandlers.ofString())
                .headers()
                .firstValue("Mcp-Session-Id")
                .orElseThrow();
        OddMessages messages = new OddMessages(SEED);
        for (int i = 0; i < MESSAGES; i++) {
            String message = messages.next(i);
            HttpRequest.Builder request = post(address, message);
            if (i % 3 == 0) {
                request.header("Mcp-Session-Id", session);
            } else {
                mirror(message, request);
            }
            HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).as(message).isIn(200, 202, 400, 404);
            String text = text(response);
            if (!text.isEmpty()) {
                assertLawful(message + " -> " + text, Json.mapper().readTree(text));
            }
        }
        HttpRequest.Builder last = post(address, ClientMessages.stateless(1, "server/discover", Map.of()));
        mirror(ClientMessages.stateless(1, "server/discover", Map.of()), last);
        assertThat(client.send(last.build(), BodyHandlers.ofString()).body()).contains("\"complete\"");
        http.close();
    }

    private static HttpRequest.Builder post(URI address, String message) {
        return HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(message));
    }

    /** The headers that a message asks for, as far as it can be read. */
    private static void mirror(String message, HttpRequest.Builder request) {
        request.header("MCP-Protocol-Version", ClientMessages.STATELESS);
        try {
            JsonNode json = Json.mapper().readTree(message);
            header(request, "Mcp-Method", json.path("method"));
            header(request, "Mcp-Name", json.at(json.at("/params/uri").isString() ? "/params/uri" : "/params/name"));
        } catch (JacksonException e) {
            assertThat(e).as("a message that was cut off").isNotNull();
        }
    }

    private static void header(HttpRequest.Builder request, String name, JsonNode value) {
        if (value.isString() && value.asString().matches("[\\x21-\\x7e]+")) {
            request.header(name, value.asString());
        }
    }

    /** The first message of an answer, which may go on for ever. */
    private static String text(HttpResponse<InputStream> response) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            boolean events =
                    response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!events) {
                    return line;
                }
                if (line.startsWith("data: ")) {
                    return line.substring("data: ".length());
                }
            }
            return "";
        }
    }

    private static void assertLawful(String what, JsonNode reply) {
        assertThat(reply.path("jsonrpc").asString()).as(what).isEqualTo("2.0");
        assertThat(reply.has("method") ^ reply.has("result") ^ reply.has("error"))
                .as(what)
                .isTrue();
        if (reply.has("error")) {
            assertThat(reply.at("/error/code").asInt()).as(what).isIn(LAWFUL);
        }
        assertThat(reply.toString()).as(what).doesNotContain("java.lang", "\\tat ", "unexpected failure");
    }
}
