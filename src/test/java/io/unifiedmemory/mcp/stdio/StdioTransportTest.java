package io.unifiedmemory.mcp.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.unifiedmemory.harness.AcceptEverything;
import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.mcp.MemoryServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

@Timeout(60)
class StdioTransportTest {

    private static final String INITIALIZE = ClientMessages.initialize(1) + "\n";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void aCallThatRunsOutOfMemoryIsAnsweredAndTheServerLivesOn() throws Exception {
        InputStream in = new ByteArrayInputStream((INITIALIZE + call(2) + ping(3)).getBytes(StandardCharsets.UTF_8));

        serve(in);

        assertThat(replies()).hasSize(3);
        assertThat(replies().get(1)).contains("\"id\":2", "-32603", "no room");
        assertThat(replies().get(2)).contains("\"id\":3", "\"result\"");
    }

    @Test
    void anInputThatRunsOutOfMemoryIsReadOn() throws Exception {
        InputStream in = new ByteArrayInputStream(ping(1).getBytes(StandardCharsets.UTF_8)) {
            private boolean failed;

            @Override
            public synchronized int read(byte[] to, int offset, int length) {
                if (!failed) {
                    failed = true;
                    throw new OutOfMemoryError("no room");
                }
                return super.read(to, offset, length);
            }
        };

        serve(in);

        assertThat(replies()).singleElement().asString().contains("\"id\":1");
    }

    private void serve(InputStream in) throws InterruptedException, IOException {
        StdioTransport transport = new StdioTransport(in, out);
        McpAsyncServer server = McpServer.async(transport)
                .serverInfo("test", "1")
                .capabilities(
                        McpSchema.ServerCapabilities.builder().tools(false).build())
                .jsonMapper(MemoryServer.JSON)
                .jsonSchemaValidator(new AcceptEverything())
                .tools(List.of(AsyncToolSpecification.builder()
                        .tool(McpSchema.Tool.builder("greedy", Map.of("type", "object"))
                                .build())
                        .callHandler((exchange, request) -> Mono.fromCallable(StdioTransportTest::runOut))
                        .build()))
                .build();
        transport.serve(Duration.ofSeconds(30));
        server.close();
    }

    private static CallToolResult runOut() {
        throw new OutOfMemoryError("no room");
    }

    private List<String> replies() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static String call(int id) {
        return ClientMessages.call(id, "greedy", Map.of()) + "\n";
    }

    private static String ping(int id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}\n";
    }
}
