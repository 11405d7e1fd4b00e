package io.unifiedmemory.http;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.InitializeResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.ProtocolVersions;
import io.unifiedmemory.access.ByteBudget;
import io.unifiedmemory.http.guard.Caller;
import io.unifiedmemory.http.guard.RefusedException;
import io.unifiedmemory.http.guard.Sender;
import io.unifiedmemory.mcp.CallsInFlight;
import io.unifiedmemory.mcp.Handshake;
import io.unifiedmemory.mcp.JsonRpc;
import io.unifiedmemory.mcp.MemoryMethods;
import io.unifiedmemory.mcp.MemoryServer;
import io.unifiedmemory.mcp.ServedTools;
import io.unifiedmemory.mcp.SessionMethods;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Streamable HTTP as of the MCP specification 2025-03-26 and later, sessions included. A call runs on the container's
 * thread that brought it. Nothing that was missed is sent again, so no event has an id. Thread-safe.
 */
public final class StreamableTransport implements McpStreamableServerTransportProvider {

    private static final Logger LOG = LoggerFactory.getLogger(StreamableTransport.class);
    /** The protocol versions that use this transport. */
    static final List<String> VERSIONS =
            List.of(ProtocolVersions.MCP_2025_03_26, ProtocolVersions.MCP_2025_06_18, ProtocolVersions.MCP_2025_11_25);

    private final HttpOptions options;
    private final EventStreams streams;
    private final ByteBudget unread;
    private final Sessions<Session> sessions;
    private final StatelessTransport stateless;
    private McpStreamableServerSession.@Nullable Factory factory;
    private @Nullable Supplier<MemoryMethods> methods;

    /**
     * @param showsApps whether the client shows pages beside the results of tools
     * @param own answers what the SDK does not; null where there is nothing of it
     */
    private record Session(
            McpStreamableServerSession sdk,
            CallsInFlight calls,
            boolean showsApps,
            @Nullable SessionMethods own) {}

    /**
     * @param unread for replies that are being read
     * @param stateless answers the requests that belong to no session
     */
    StreamableTransport(
            HttpOptions options,
            EventStreams streams,
            ByteBudget unread,
            StatelessTransport stateless,
            LongSupplier nanoTime) {
        this.stateless = stateless;
        this.options = options;
        this.streams = streams;
        this.unread = unread;
        sessions = new Sessions<>(nanoTime);
    }

    Endpoint endpoint() {
        return new Mcp();
    }

    /** Ends the sessions that nobody has used for as long as the options say. */
    void expireSessions() {
        sessions.expire(options.sessionIdle(), session -> session.sdk.hasOpenStream())
                .forEach(StreamableTransport::end);
    }

    /** How many sessions are open. */
    public int sessions() {
        return sessions.size();
    }

    @SuppressWarnings("serial") // A servlet is never serialized.
    private final class Mcp extends Endpoint {

        @Override
        void handle(HttpServletRequest request, HttpServletResponse response)
                throws IOException, RefusedException, JsonRpc.BadMessageException {
            switch (request.getMethod()) {
                case "POST" -> dispatch(request, response, message(request));
                case "GET", "DELETE" -> useSession(request, response);
                default -> throw notAllowed(response, "POST, GET, DELETE");
            }
        }
    }

    private void dispatch(HttpServletRequest request, HttpServletResponse response, JSONRPCMessage message)
            throws IOException, RefusedException {
        if (stateless.takes(request, message)) {
            stateless.post(request, response, message);
        } else {
            post(request, response, message);
        }
    }

    private void useSession(HttpServletRequest request, HttpServletResponse response)
            throws IOException, RefusedException {
        if (stateless.isSpoken(request)) {
            throw Endpoint.notAllowed(response, "POST");
        }
        if (request.getMethod().equals("GET")) {
            listen(request, response);
        } else {
            delete(request);
        }
    }

    private void post(HttpServletRequest request, HttpServletResponse response, JSONRPCMessage message)
            throws IOException, RefusedException {
        if (message instanceof JSONRPCRequest call) {
            answer(call, request, response);
            return;
        }
        Endpoint.requireVersion(request);
        Session session = session(request);
        if (message instanceof JSONRPCNotification notification) {
            session.calls.receive(notification);
        } else if (message instanceof JSONRPCResponse answer) {
            session.sdk
                    .accept(answer)
                    .subscribe(done -> {}, failure -> LOG.debug("ignored response: {}", failure.getMessage()));
        }
        response.setStatus(HttpServletResponse.SC_ACCEPTED);
    }

    private void answer(JSONRPCRequest call, HttpServletRequest request, HttpServletResponse response)
            throws IOException, RefusedException {
        Accept accept = Accept.of(request);
        accept.requireReply();
        if (Endpoint.isInitialize(call)) {
            PostReply.write(accept, response, JsonRpc.bytes(call.id(), initialize(call, request, response)));
            return;
        }
        Endpoint.requireVersion(request);
        Session session = session(request);
        call(session, call, request, new PostReply(accept, response, session.calls, session.showsApps));
    }

    /** Opens a session; gives the reply. */
    private Object initialize(JSONRPCRequest call, HttpServletRequest request, HttpServletResponse response)
            throws RefusedException {
        sessions.requireRoom(request);
        InitializeRequest initialize = Handshake.parameters(call);
        if (initialize == null) {
            return Handshake.refusal(call);
        }
        McpStreamableServerSessionInit opened =
                Objects.requireNonNull(factory, "no server is attached").startSession(initialize);
        InitializeResult result = Objects.requireNonNull(opened.initResult().block());
        Session session = new Session(
                opened.session(), new CallsInFlight(), Handshake.showsApps(initialize), own(opened.session()));
        sessions.add(opened.session().getId(), session, request);
        response.setHeader(HttpHeaders.MCP_SESSION_ID, opened.session().getId());
        JSONRPCResponse reply = JSONRPCResponse.result(call.id(), result);
        return session.showsApps ? reply : ServedTools.withoutPages(reply);
    }

    private @Nullable SessionMethods own(McpStreamableServerSession session) {
        return methods == null
                ? null
                : new SessionMethods(
                        methods,
                        notification -> session.sendNotification(notification.method(), notification.params())
                                .subscribe(
                                        sent -> {},
                                        // A client that listens to no stream has to read again by itself.
                                        failure -> LOG.debug("a client was not told: {}", failure.getMessage())));
    }

    private void call(Session session, JSONRPCRequest call, HttpServletRequest request, PostReply reply)
            throws IOException, RefusedException {
        if (!session.calls.begin(call.id())) {
            throw new RefusedException(
                    HttpServletResponse.SC_BAD_REQUEST, "Invalid request: a call in flight has the same id");
        }
        try {
            Mono<Void> answered = SessionMethods.has(call.method()) && session.own != null
                    ? reply.sendMessage(session.own.answer(call, Caller.context(request)))
                    : session.sdk.responseStream(reply).handle(call);
            answered.contextWrite(values -> values.put(McpTransportContext.KEY, Caller.context(request)))
                    .onErrorResume(
                            McpError.class,
                            // The SDK's session lets some of them through instead of answering with them.
                            e -> reply.sendMessage(JSONRPCResponse.error(call.id(), e.getJsonRpcError())))
                    .block();
        } finally {
            session.calls.end(call.id());
            reply.finish(unread, Sender.of(request::getAttribute).owner());
        }
    }

    private void listen(HttpServletRequest request, HttpServletResponse response) throws IOException, RefusedException {
        Endpoint.requireVersion(request);
        Accept.of(request).requireEvents();
        Session session = session(request);
        Listener listener = new Listener();
        EventStream stream = streams.open(request, response, listener::ended);
        listener.attach(stream, session.sdk.listeningStream(listener));
    }

    private void delete(HttpServletRequest request) throws RefusedException {
        Endpoint.requireVersion(request);
        Session session = session(request);
        sessions.remove(session.sdk.getId());
        end(session);
    }

    private Session session(HttpServletRequest request) throws RefusedException {
        String id = request.getHeader(HttpHeaders.MCP_SESSION_ID);
        if (id == null || id.isBlank()) {
            throw new RefusedException(
                    HttpServletResponse.SC_BAD_REQUEST, "The header Mcp-Session-Id is missing: send initialize first");
        }
        return sessions.find(id, request);
    }

    private static void end(Session session) {
        if (session.own != null) {
            session.own.close();
        }
        session.sdk
                .closeGracefully()
                .subscribe(done -> {}, failure -> LOG.debug("a session did not end: {}", failure.getMessage()));
    }

    /** Sets what answers the requests about resources, prompts and completion. */
    public void answerBy(Supplier<MemoryMethods> memoryMethods) {
        methods = memoryMethods;
    }

    @Override
    public void setSessionFactory(McpStreamableServerSession.Factory sessionFactory) {
        factory = sessionFactory;
    }

    @Override
    public List<String> protocolVersions() {
        return VERSIONS;
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
        return Flux.fromIterable(sessions.all())
                .flatMap(session -> session.sdk.sendNotification(method, params).onErrorComplete())
                .then();
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(() -> sessions.all().forEach(StreamableTransport::end));
    }

    /** The stream on which a session is sent what belongs to no call. */
    private static final class Listener implements McpStreamableServerTransport {

        private volatile McpStreamableServerSession.@Nullable McpStreamableServerSessionStream session;
        private volatile @Nullable EventStream stream;
        private volatile boolean ended;

        void attach(EventStream opened, McpStreamableServerSession.McpStreamableServerSessionStream attached) {
            stream = opened;
            session = attached;
            if (ended) {
                attached.releaseTransport();
            }
        }

        void ended() {
            ended = true;
            McpStreamableServerSession.McpStreamableServerSessionStream attached = session;
            if (attached != null) {
                attached.releaseTransport();
            }
        }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.fromRunnable(() -> {
                EventStream current = stream;
                if (current != null) {
                    current.send(EventStream.MESSAGE, JsonRpc.bytes(null, message));
                }
            });
        }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message, String messageId) {
            return sendMessage(message);
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return MemoryServer.JSON.convertValue(data, type);
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.fromRunnable(this::close);
        }

        @Override
        public void close() {
            EventStream current = stream;
            if (current != null) {
                current.close();
            }
        }
    }
}
