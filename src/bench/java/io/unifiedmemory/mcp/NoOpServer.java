package io.unifiedmemory.mcp;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.unifiedmemory.access.TokenFile;
import io.unifiedmemory.harness.AcceptEverything;
import io.unifiedmemory.http.HttpOptions;
import io.unifiedmemory.http.HttpServer;
import io.unifiedmemory.http.ListenAddress;
import io.unifiedmemory.http.guard.AccessPolicy;
import io.unifiedmemory.http.guard.McpPaths;
import io.unifiedmemory.mcp.stateless.StatelessServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * The production transport over HTTP with one tool, {@code noop}, that does nothing: the least that a call of a tool costs
 * on it, in both eras. For {@code scripts/http-benchmark}; prints where it listens and ends when it is killed.
 */
final class NoOpServer {

    private static final String TOOL = "noop";
    private static final Map<String, Object> STRUCTURED = Map.of("done", true);
    private static final List<McpSchema.Content> TEXT =
            List.of(TextContent.builder("{\"done\":true}").build());
    private static final CallToolResult DONE = new CallToolResult(TEXT, false, STRUCTURED, null);

    private NoOpServer() {}

    public static void main(String[] arguments) throws IOException {
        HttpServer http = HttpServer.builder(
                        HttpOptions.DEFAULT.at(ListenAddress.parse("127.0.0.1:0")), Duration.ofSeconds(5))
                .access(AccessPolicy.openUntilTokens(
                        new TokenFile(Path.of("no-such-tokens.json"), Clock.systemUTC()), System::nanoTime))
                .build();
        serveSessions(http);
        serveStateless(http);
        System.err.println("listens on http://127.0.0.1:" + http.start() + McpPaths.STREAMABLE);
    }

    private static void serveSessions(HttpServer http) {
        McpServer.async(http.streamable())
                .serverInfo("no-op", "1")
                .capabilities(
                        McpSchema.ServerCapabilities.builder().tools(false).build())
                .jsonMapper(new RequestMapper(Set.of(TOOL)))
                .jsonSchemaValidator(new AcceptEverything())
                .validateToolInputs(false)
                .tools(AsyncToolSpecification.builder()
                        .tool(McpSchema.Tool.builder(TOOL, Map.of("type", "object"))
                                .description("does nothing")
                                .build())
                        .callHandler((exchange, request) -> Mono.just(DONE))
                        .build())
                .build();
    }

    private static void serveStateless(HttpServer http) {
        Map<String, Object> result = PlainJson.object(
                "content",
                List.of(Map.of("type", "text", "text", "{\"done\":true}")),
                "isError",
                false,
                "structuredContent",
                STRUCTURED);
        http.serveStateless(StatelessServer.named("no-op", "No-op", "1")
                .method("tools/call", request -> result)
                .build(Map.of("tools", Map.of()), "Does nothing."));
    }
}
