package io.unifiedmemory.mcp.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.mcp.MemoryMethods;
import io.unifiedmemory.mcp.MemoryServer;
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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Resources over the process's own pipe, where the caller is the person who started it. */
@Timeout(60)
class ResourcesOverStdioTest {

    @TempDir
    private Path folder;

    @Test
    void thePersonSeesEverybodysMemories() throws Exception {
        List<JsonNode> replies = serve(
                ClientMessages.initialize(1),
                ClientMessages.request(2, "resources/list", Map.of()),
                ClientMessages.request(3, "resources/read", Map.of("uri", "memory://bob/b")),
                ClientMessages.request(4, "resources/read", Map.of("uri", "memory://bob/nothing")),
                ClientMessages.request(5, "resources/subscribe", Map.of("uri", "memory://bob/b")),
                ClientMessages.request(6, "resources/unsubscribe", Map.of("uri", "memory://bob/b")),
                ClientMessages.request(7, "prompts/list", Map.of()),
                ClientMessages.request(8, "resources/nothing", Map.of()));

        assertThat(replies).hasSize(8);
        assertThat(replies.get(1).at("/result/resources")).hasSize(2);
        assertThat(replies.get(2).at("/result/contents/0/text").asString()).isEqualTo("of bob");
        assertThat(replies.get(3).at("/error/code").asInt()).isEqualTo(-32002);
        assertThat(replies.get(4).get("result")).isEmpty();
        assertThat(replies.get(5).get("result")).isEmpty();
        assertThat(replies.get(6).at("/result/prompts")).hasSize(3);
        assertThat(replies.get(7).at("/error/code").asInt()).isEqualTo(-32601);
    }

    private List<JsonNode> serve(String... messages) throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StdioTransport transport = new StdioTransport(
                new ByteArrayInputStream((String.join("\n", messages) + "\n").getBytes(StandardCharsets.UTF_8)), out);
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        try (UnifiedMemory memory = UnifiedMemory.builder()
                        .primary("sqlite", new SqliteStore(database), BackendOptions.LOCAL)
                        .build();
                Resources resources = new Resources(memory, ToolOptions.DEFAULT)) {
            memory.store("alice", "a", "of alice", Map.of());
            memory.store("bob", "b", "of bob", Map.of());
            ToolBox tools = new ToolBox(
                    memory,
                    ToolOptions.DEFAULT,
                    Clock.systemUTC(),
                    "1",
                    () -> DatabaseInfo.ofFile(database.path(), 0, null),
                    () -> null);
            transport.answerBy(() ->
                    new MemoryMethods(resources, new Completions(memory, ToolOptions.DEFAULT), new Prompts(tools)));
            MemoryServer server = new MemoryServer(transport, tools, "1", transport::yieldTurn);
            transport.serve(Duration.ofSeconds(30));
            server.close();
        }
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(Json.mapper()::readTree)
                .toList();
    }
}
