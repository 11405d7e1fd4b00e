package io.unifiedmemory.upstream.link;

import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.BuildInfo;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.ToolSchemas;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One live server: the SDK's client over a {@link Transport}, from its handshake until either side goes away. Thread-safe.
 *
 * <p>A caller that gives up leaves its call pending, because the late answer tells that the server is done with it. So
 * that a hung server cannot pile them up, giving up provokes a ping, and an unanswered ping ends the session, as do too
 * many unanswered calls.
 */
public final class McpSession implements Connection.Session, Tools {

    private static final int MAX_ABANDONED = 64;
    /** More than any server has, of tools and of pages that list them. */
    private static final int MAX_TOOLS = 10_000;

    private static final int MAX_PAGES = 1_000;
    private static final McpSchema.Implementation WE = McpSchema.Implementation.builder(
                    "unified-memory", BuildInfo.current())
            .build();
    /** Results are read strictly by the contracts; the SDK need not judge them. */
    private static final JsonSchemaValidator ACCEPT_ALL =
            (schema, content) -> JsonSchemaValidator.ValidationResponse.asValid(null);
    /** The SDK forgets a call that exceeds its own timeout but keeps its memory, so it gets none that matters. */
    private static final Duration NEVER = Duration.ofDays(365);

    private final Transport link;
    private final McpAsyncClient client;
    private final Duration callTimeout;
    private final Map<Long, CompletableFuture<?>> pending = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Object>> schemas = new ConcurrentHashMap<>();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicInteger abandoned = new AtomicInteger();
    private final AtomicBoolean pinging = new AtomicBoolean();
    private volatile boolean proven;

    private McpSession(Transport link, McpAsyncClient client, Duration callTimeout) {
        this.link = link;
        this.client = client;
        this.callTimeout = callTimeout;
        ended().thenAccept(reason -> pending.values().forEach(call -> call.completeExceptionally(reason)));
    }

    /** A session and the tools that its server offers. */
    public record Opened(McpSession session, List<Tool> tools) {}

    /** Shakes hands over a link, which is closed when that fails. */
    public static Opened open(Transport link, Duration connectTimeout, Duration callTimeout) {
        McpAsyncClient client = McpClient.async(link)
                .clientInfo(WE)
                .capabilities(McpSchema.ClientCapabilities.builder().build())
                .requestTimeout(NEVER)
                .initializationTimeout(NEVER)
                .jsonSchemaValidator(ACCEPT_ALL)
                .build();
        McpSession session = new McpSession(link, client, callTimeout);
        try {
            long deadline = System.nanoTime() + connectTimeout.toNanos();
            McpSchema.InitializeResult server =
                    session.handshake(client.initialize().toFuture(), deadline);
            List<Tool> tools = server.capabilities().tools() == null ? List.of() : session.tools(deadline);
            tools.forEach(tool -> session.schemas.put(tool.name(), tool.inputSchema()));
            link.established();
            session.ended().thenRun(() -> Daemon.start("upstream closing", session::close));
            return new Opened(session, tools);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** Page by page. The SDK would go on for as long as the server names a next page, be it the same for ever. */
    private List<Tool> tools(long deadline) {
        List<Tool> tools = new ArrayList<>();
        Set<String> cursors = new HashSet<>();
        String cursor = null;
        do {
            McpSchema.ListToolsResult page = handshake(client.listTools(cursor).toFuture(), deadline);
            tools.addAll(page.tools());
            cursor = page.nextCursor();
            if (cursor != null && (!cursors.add(cursor) || cursors.size() > MAX_PAGES || tools.size() > MAX_TOOLS)) {
                throw UpstreamFailures.broken(
                        "the server lists its tools without an end", "it is no server to be used");
            }
        } while (cursor != null && !cursor.isEmpty());
        return tools;
    }

    @Override
    public CompletionStage<BackendException> ended() {
        return link.broken();
    }

    @Override
    public boolean proven() {
        return proven;
    }

    @Override
    public void close() {
        link.broken().complete(UpstreamFailures.closed());
        client.close();
    }

    @Override
    public Set<String> argumentsOf(String tool) {
        return ToolSchemas.argumentsOf(schemas.getOrDefault(tool, Map.of()));
    }

    @Override
    public int maximumOf(String tool, String argument, int absent) {
        return ToolSchemas.maximumOf(schemas.getOrDefault(tool, Map.of()), argument, absent);
    }

    @Override
    public Call send(String tool, Map<String, Object> arguments, Map<String, Object> meta) {
        if (Thread.currentThread().isInterrupted()) {
            throw UpstreamFailures.interrupted(tool);
        }
        BackendException reason = link.broken().getNow(null);
        if (reason != null) {
            throw UpstreamFailures.again(reason);
        }
        CompletableFuture<CallToolResult> answer = client.callTool(
                        new CallToolRequest(tool, arguments, meta.isEmpty() ? null : meta))
                .toFuture();
        track(answer);
        CompletionStage<?> answered = answer;
        answered.whenComplete((result, failure) -> {
            if (result != null || failure instanceof McpError) {
                proven = true;
            }
        });
        return new PendingCall(tool, answer);
    }

    private void track(CompletableFuture<?> answer) {
        long number = calls.incrementAndGet();
        pending.put(number, answer);
        CompletionStage<?> answered = answer;
        answered.whenComplete((result, failure) -> pending.remove(number));
        BackendException reason = link.broken().getNow(null);
        if (reason != null) {
            answer.completeExceptionally(reason);
        }
    }

    private <T> T handshake(CompletableFuture<T> answer, long deadline) {
        track(answer);
        try {
            return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UpstreamFailures.interrupted("the handshake");
        } catch (TimeoutException e) {
            throw new BackendException(
                    Kind.UNAVAILABLE,
                    "the server did not finish the MCP handshake in time",
                    "is it an MCP server? a first start by npx may take longer than the connect timeout",
                    e);
        } catch (ExecutionException e) {
            BackendException failure = failure(e);
            boolean tells = failure.kind().retryable() || failure.kind() == Kind.MISCONFIGURED;
            throw tells ? failure : refused(failure);
        }
    }

    /** A server that refuses the handshake refuses no memory: what is to be stored there may wait. */
    private static BackendException refused(BackendException failure) {
        return new BackendException(
                Kind.UNAVAILABLE, "the handshake failed: " + failure.getMessage(), "is it an MCP server?", failure);
    }

    /** Notes that nobody waits for an answer any more. */
    private void abandon(CompletionStage<?> answer) {
        if (abandoned.incrementAndGet() > MAX_ABANDONED) {
            end("the server left more than " + MAX_ABANDONED + " calls unanswered");
        }
        answer.whenComplete((result, failure) -> abandoned.decrementAndGet());
        if (!link.broken().isDone() && pinging.compareAndSet(false, true)) {
            CompletableFuture<?> pong = client.ping().toFuture();
            track(pong);
            CompletionStage<?> answered = pong.orTimeout(callTimeout.toMillis(), TimeUnit.MILLISECONDS);
            answered.whenComplete((result, failure) -> {
                pinging.set(false);
                if (failure instanceof TimeoutException) {
                    end("the server is hung: it answered neither a call nor a ping within " + callTimeout.toMillis()
                            + " ms");
                }
            });
        }
    }

    /** Once the server is gone that is the reason, whatever the closing client says of the call. */
    private BackendException failure(ExecutionException e) {
        BackendException reason = link.broken().getNow(null);
        return reason == null ? UpstreamFailures.of(e) : UpstreamFailures.again(reason);
    }

    private void end(String why) {
        link.broken().complete(new BackendException(Kind.UNAVAILABLE, why, "it is connected anew"));
    }

    private final class PendingCall implements Call {
        private final String tool;
        private final CompletableFuture<CallToolResult> answer;

        PendingCall(String tool, CompletableFuture<CallToolResult> answer) {
            this.tool = tool;
            this.answer = answer;
        }

        @Override
        public ToolReply await() {
            try {
                return ToolReply.of(answer.get(callTimeout.toNanos(), TimeUnit.NANOSECONDS));
            } catch (InterruptedException e) {
                abandon(answer);
                Thread.currentThread().interrupt();
                throw UpstreamFailures.interrupted(tool);
            } catch (TimeoutException e) {
                abandon(answer);
                throw UpstreamFailures.timedOut(tool, callTimeout);
            } catch (ExecutionException e) {
                throw failure(e);
            }
        }

        @Override
        public CompletionStage<?> answered() {
            return answer;
        }
    }
}
