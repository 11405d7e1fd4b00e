package io.unifiedmemory.http;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.unifiedmemory.http.guard.Caller;
import io.unifiedmemory.http.guard.McpPaths;
import io.unifiedmemory.http.guard.RefusedException;
import io.unifiedmemory.mcp.Conversation;
import io.unifiedmemory.mcp.JsonRpc;
import io.unifiedmemory.mcp.MemoryMethods;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * HTTP with server-sent events as of the MCP specification 2024-11-05: a stream of events, and an endpoint for messages
 * whose replies come on that stream. A session lasts as long as its stream. Thread-safe.
 */
public final class SseTransport implements McpServerTransportProvider {

    private static final String SESSION = "sessionId";

    private final EventStreams streams;
    private final Sessions<Session> sessions;
    private McpServerSession.@Nullable Factory factory;
    private @Nullable Supplier<MemoryMethods> methods;

    private record Session(Conversation conversation, EventStream stream) {}

    SseTransport(EventStreams streams, LongSupplier nanoTime) {
        this.streams = streams;
        sessions = new Sessions<>(nanoTime);
    }

    /** Where a client opens its stream. */
    Endpoint stream() {
        return new Stream();
    }

    /** Where a client sends its messages. */
    Endpoint messages() {
        return new Messages();
    }

    /** How many sessions are open. */
    public int sessions() {
        return sessions.size();
    }

    @SuppressWarnings("serial") // A servlet is never serialized.
    private final class Stream extends Endpoint {

        @Override
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, RefusedException {
            if (!request.getMethod().equals("GET")) {
                throw notAllowed(response, "GET");
            }
            requireVersion(request);
            Accept.of(request).requireEvents();
            sessions.requireRoom(request);
            open(request, response);
        }
    }

    @SuppressWarnings("serial") // A servlet is never serialized.
    private final class Messages extends Endpoint {

        @Override
        void handle(HttpServletRequest request, HttpServletResponse response)
                throws IOException, RefusedException, JsonRpc.BadMessageException {
            if (!request.getMethod().equals("POST")) {
                throw notAllowed(response, "POST");
            }
            String id = sessionId(request.getQueryString());
            if (id.isEmpty()) {
                throw new RefusedException(
                        HttpServletResponse.SC_BAD_REQUEST,
                        "The parameter sessionId is missing: open the event stream first, it names the whole address");
            }
            Session session = sessions.find(id, request);
            JSONRPCMessage message = message(request);
            if (!isInitialize(message)) {
                requireVersion(request);
            }
            session.conversation.receive(message, Caller.context(request));
            response.setStatus(HttpServletResponse.SC_ACCEPTED);
        }
    }

    /**
     * The id of a session, which needs no unescaping. Read here, because the container would read the body for it too.
     */
    private static String sessionId(@Nullable String query) {
        String name = SESSION + "=";
        return query == null
                ? ""
                : Arrays.stream(query.split("&"))
                        .filter(parameter -> parameter.startsWith(name))
                        .map(parameter -> parameter.substring(name.length()))
                        .findFirst()
                        .orElse("");
    }

    private void open(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String id = UUID.randomUUID().toString();
        CompletableFuture<Conversation> opened = new CompletableFuture<>();
        EventStream stream = streams.open(request, response, () -> {
            sessions.remove(id);
            CompletableFuture<Void> unused = opened.thenAccept(Conversation::ended);
        });
        Conversation conversation = new Conversation(
                Objects.requireNonNull(factory, "no server is attached"),
                json -> stream.send(EventStream.MESSAGE, json),
                stream::close);
        if (methods != null) {
            conversation.answerBy(methods);
        }
        opened.complete(conversation);
        sessions.add(id, new Session(conversation, stream), request);
        stream.send("endpoint", (McpPaths.SSE_MESSAGES + "?" + SESSION + "=" + id).getBytes(StandardCharsets.UTF_8));
        if (stream.hasEnded()) {
            sessions.remove(id);
        }
    }

    /** Sets what answers the requests about resources, prompts and completion. */
    public void answerBy(Supplier<MemoryMethods> memoryMethods) {
        methods = memoryMethods;
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory sessionFactory) {
        factory = sessionFactory;
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
        byte[] json = JsonRpc.bytes(null, new JSONRPCNotification(method, params));
        return Mono.fromRunnable(
                () -> sessions.all().forEach(session -> session.stream.send(EventStream.MESSAGE, json)));
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(() -> sessions.all().forEach(session -> session.stream.close()));
    }
}
