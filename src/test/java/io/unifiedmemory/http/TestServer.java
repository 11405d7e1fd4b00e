package io.unifiedmemory.http;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.unifiedmemory.access.ByteBudget;
import io.unifiedmemory.harness.AcceptEverything;
import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.harness.StatelessFixture;
import io.unifiedmemory.http.guard.AccessPolicy;
import io.unifiedmemory.mcp.MemoryServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * Both transports in this process, with the tools {@code echo} (gives its text back), {@code large} (gives so many
 * characters) and {@code hang} (waits until it is let go, or interrupted).
 */
final class TestServer implements AutoCloseable {

    static final Duration GRACE = Duration.ofSeconds(20);

    /** What all bodies together may take. */
    static final int UNSENT = 4 * 8 * 1024 * 1024;

    /** What all answers together may take that are not read. */
    static final int UNREAD = 32 * 1024 * 1024;

    final AtomicLong nanoTime = new AtomicLong();
    final CountDownLatch hanging = new CountDownLatch(1);
    final CountDownLatch letGo = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);
    /** Of bodies. */
    final ByteBudget unsent = new ByteBudget(UNSENT);

    /** Of answers. */
    final ByteBudget unread = new ByteBudget(UNREAD);

    /** What answers requests that stand alone. */
    final StatelessFixture stateless = new StatelessFixture();

    final HttpServer http;
    final Wire wire;

    TestServer() throws IOException {
        this(new Everybody());
    }

    TestServer(AccessPolicy access) throws IOException {
        this(options -> options, Duration.ofSeconds(30), access);
    }

    TestServer(UnaryOperator<HttpOptions> change, Duration idleConnection) throws IOException {
        this(change, idleConnection, new Everybody());
    }

    private TestServer(UnaryOperator<HttpOptions> change, Duration idleConnection, AccessPolicy access)
            throws IOException {
        HttpOptions options = change.apply(HttpOptions.DEFAULT.at(ListenAddress.parse("127.0.0.1:0")));
        http = HttpServer.builder(options, GRACE)
                .access(access)
                .idleConnection(idleConnection)
                .nanoTime(nanoTime::get)
                .budgets(unsent, unread)
                .build();
        serve(McpServer.async(http.streamable()));
        serve(McpServer.async(http.sse()));
        http.serveStateless(stateless.server);
        wire = new Wire(http.start());
    }

    private void serve(McpServer.AsyncSpecification<?> server) {
        server.serverInfo("test", "1")
                .capabilities(
                        McpSchema.ServerCapabilities.builder().tools(false).build())
                .jsonMapper(MemoryServer.JSON)
                .jsonSchemaValidator(new AcceptEverything())
                .validateToolInputs(false)
                .tools(
                        tool("echo", arguments -> String.valueOf(arguments.get("text"))),
                        tool("large", arguments -> "x".repeat(Integer.parseInt(String.valueOf(arguments.get("size"))))),
                        tool("hang", arguments -> hang()))
                .build();
    }

    private static AsyncToolSpecification tool(String name, Function<Map<String, Object>, String> handler) {
        return AsyncToolSpecification.builder()
                .tool(McpSchema.Tool.builder(name, Map.of("type", "object"))
                        .description(name)
                        .build())
                .callHandler((exchange, request) -> Mono.fromCallable(() -> CallToolResult.builder(
                                List.of(TextContent.builder(handler.apply(request.arguments()))
                                        .build()))
                        .build()))
                .build();
    }

    private String hang() {
        hanging.countDown();
        try {
            letGo.await();
            return "let go";
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static String initialize() {
        return ClientMessages.initialize(0);
    }

    static String request(int id, String method, Map<String, ?> params) {
        return ClientMessages.request(id, method, params);
    }

    static String call(int id, String tool, Map<String, ?> arguments) {
        return ClientMessages.call(id, tool, arguments);
    }

    /** Opens a session of Streamable HTTP; gives its id. */
    String session(String... headers) throws IOException {
        Wire.Reply reply = wire.post("/mcp", initialize(), headers);
        String id = reply.header("mcp-session-id");
        if (id == null) {
            throw new AssertionError("no session: " + reply);
        }
        return id;
    }

    @Override
    public void close() {
        letGo.countDown();
        stateless.letGo.countDown();
        http.close();
    }
}
