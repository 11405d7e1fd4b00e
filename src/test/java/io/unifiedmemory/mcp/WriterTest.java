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
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.spi.DatabaseInfo;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A memory is noted as written by the client that introduced itself, in both eras of the protocol. */
@Timeout(60)
class WriterTest {

    private static final Map<String, Object> TEA = Map.of("user_id", "anna", "key", "tea", "value", "Darjeeling");

    @TempDir
    private Path folder;

    private SqliteStore store;
    private UnifiedMemory memory;
    private ToolBox tools;

    @BeforeEach
    void start() {
        store = new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db"))));
        memory = UnifiedMemory.builder()
                .primary("sqlite", store, BackendOptions.LOCAL)
                .build();
        tools = new ToolBox(
                memory,
                ToolOptions.DEFAULT,
                Clock.systemUTC(),
                "1",
                () -> DatabaseInfo.ofFile(folder.resolve("memory.db"), 1, null),
                () -> null);
    }

    @AfterEach
    void stop() {
        memory.close();
    }

    private @Nullable String writer() {
        return ((Lookup.Found) memory.retrieve("anna", "tea").lookup()).entry().writtenBy();
    }

    @Test
    void inASessionByItsBeginning() throws Exception {
        LinePipe pipe = new LinePipe();
        StdioTransport transport = new StdioTransport(pipe.in(), pipe.out());
        MemoryServer sessions = new MemoryServer(transport, tools, "1", transport::yieldTurn);
        CompletableFuture<Void> served = Async.run(() -> serve(transport));
        Map<String, Object> params = new LinkedHashMap<>(ClientMessages.initializeParams(ClientMessages.REVISION));
        params.put("clientInfo", Map.of("name", "claude-code", "version", "2.1.3"));
        pipe.send(ClientMessages.request(1, "initialize", params));
        pipe.next();
        pipe.send(ClientMessages.call(2, "store", TEA));
        assertThat(pipe.next().at("/result/structuredContent/stored").asBoolean())
                .isTrue();
        pipe.close();
        served.get(30, TimeUnit.SECONDS);
        sessions.close();

        assertThat(writer()).isEqualTo("claude-code 2.1.3");
    }

    private static void serve(StdioTransport transport) {
        try {
            transport.serve(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void inARequestThatStandsAloneByItself() {
        Principal token = new Principal("token:laptop", UserSet.ALL, Scope.READ_WRITE);
        send(Map.of("name", "cursor", "version", "1"), token);
        assertThat(writer()).isEqualTo("cursor 1 (token:laptop)");
        send(Map.of("name", "cursor"), Principal.LOCAL);
        assertThat(writer()).isEqualTo("cursor");
    }

    private void send(Map<String, Object> client, Principal caller) {
        StatelessServer server = MemoryService.of(
                tools,
                () -> {
                    throw new AssertionError("nothing but tools is asked for here");
                },
                "1",
                store::secret);
        Map<String, Object> meta = new LinkedHashMap<>(ClientMessages.meta(ClientMessages.STATELESS, Map.of()));
        meta.put("io.modelcontextprotocol/clientInfo", client);
        Map<String, Object> params = Map.of("name", "store", "arguments", TEA, "_meta", meta);
        server.answer(new JSONRPCRequest("tools/call", 1, params), caller, notification -> {});
    }
}
