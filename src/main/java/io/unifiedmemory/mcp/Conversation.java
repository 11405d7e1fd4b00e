package io.unifiedmemory.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * One client on one connection, from {@code initialize} to its end, around a session of the SDK. A call runs on the
 * thread that brings it, a cancelled call is interrupted and not answered, and a request before the confirmation of the
 * handshake is answered, too. Thread-safe.
 */
public final class Conversation {

    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

    private final CallsInFlight calls = new CallsInFlight();
    /** The ids of what this server asked its client and was not answered. */
    private final Set<Object> asked = ConcurrentHashMap.newKeySet();

    private final Consumer<byte[]> client;
    private final Runnable hangUp;
    private final McpServerSession session;
    private @Nullable SessionMethods own;
    private Runnable onInitialized = () -> {};
    private State state = State.NEW;
    private volatile boolean hasEnded;
    /** Whether the client shows pages beside the results of tools. */
    private volatile boolean showsApps;

    /** The progress of the handshake. */
    private enum State {
        /** The client has not sent {@code initialize}. */
        NEW,
        /** {@code initialize} was answered. */
        ANSWERED,
        /** The client confirmed, or sent its first request. */
        OPEN
    }

    /**
     * Starts a conversation.
     *
     * @param client sends a message to the client, as JSON
     * @param hangUp ends the connection
     */
    public Conversation(McpServerSession.Factory factory, Consumer<byte[]> client, Runnable hangUp) {
        this.client = client;
        this.hangUp = hangUp;
        session = factory.create(new Connection());
    }

    /** Sets an action to run once, when the client has been answered for the first time. */
    public void onInitialized(Runnable action) {
        onInitialized = action;
    }

    /** Sets what answers the requests about resources, prompts and completion. */
    public void answerBy(Supplier<MemoryMethods> methods) {
        own = new SessionMethods(methods, notification -> send(null, notification));
    }

    /** Ends what the client watches, and what it was asked: its connection has ended, and no answer can come. */
    public void ended() {
        hasEnded = true;
        if (own != null) {
            own.close();
        }
        endQuestions();
    }

    private void endQuestions() {
        for (Object id : List.copyOf(asked)) {
            if (asked.remove(id)) {
                JSONRPCError gone = new JSONRPCError(McpSchema.ErrorCodes.INTERNAL_ERROR, "the client has gone", null);
                pass(JSONRPCResponse.error(id, gone), McpTransportContext.EMPTY);
            }
        }
    }

    public CallsInFlight calls() {
        return calls;
    }

    /** Handles a message of the client. A call is answered before this returns unless its handler is asynchronous. */
    public void receive(JSONRPCMessage message, McpTransportContext context) {
        if (message instanceof JSONRPCRequest request && isCall(request, context)) {
            call(request, context);
        } else if (message instanceof JSONRPCNotification notification) {
            receiveNotification(notification, context);
        } else if (message instanceof JSONRPCResponse answer) {
            asked.remove(answer.id());
            pass(message, context);
        }
    }

    /** Whether a request is a tool call; other requests are answered here. */
    private boolean isCall(JSONRPCRequest request, McpTransportContext context) {
        if (request.method().equals(McpSchema.METHOD_INITIALIZE)) {
            initialize(request, context);
        } else if (request.method().equals(McpSchema.METHOD_PING)) {
            send(request.id(), JsonRpc.result(request.id(), Map.of()));
        } else if (isNew()) {
            send(request.id(), refusal(request));
        } else {
            return true;
        }
        return false;
    }

    private void initialize(JSONRPCRequest request, McpTransportContext context) {
        InitializeRequest hello = Handshake.parameters(request);
        if (hello == null) {
            send(request.id(), Handshake.refusal(request));
            return;
        }
        showsApps = Handshake.showsApps(hello);
        pass(request, context);
        if (advance(State.NEW, State.ANSWERED)) {
            onInitialized.run();
        }
    }

    private void call(JSONRPCRequest request, McpTransportContext context) {
        // The SDK holds back every request until the client has confirmed; a client that sends one has accepted the
        // handshake.
        confirm(context);
        if (!calls.begin(request.id())) {
            send(
                    request.id(),
                    JsonRpc.error(
                            request.id(),
                            JsonRpc.INVALID_REQUEST,
                            "Invalid request: a call in flight has the same id"));
            return;
        }
        try {
            SessionMethods methods = SessionMethods.has(request.method()) ? own : null;
            if (methods != null) {
                JSONRPCResponse reply = methods.answer(request, context);
                calls.answer(request.id(), () -> send(request.id(), reply));
            } else {
                pass(request, context);
            }
        } catch (Throwable e) {
            // The SDK lets errors of the virtual machine through. After an out-of-memory error the next call may be
            // smaller.
            LOG.error("a call could not be handled", e);
            if (calls.isOpen(request.id())) {
                Object error = JsonRpc.error(request.id(), McpSchema.ErrorCodes.INTERNAL_ERROR, "Internal error: " + e);
                calls.answer(request.id(), () -> send(request.id(), error));
            }
        } finally {
            calls.leave(request.id());
        }
    }

    /** The refusal of an unknown method: clients of newer revisions probe for methods and continue after this error. */
    private static Map<String, Object> refusal(JSONRPCRequest request) {
        boolean known = request.method().matches("(tools|resources|prompts|completion|logging)/.*");
        return known
                ? JsonRpc.error(request.id(), JsonRpc.INVALID_REQUEST, "Invalid request: send initialize first")
                : JsonRpc.error(request.id(), JsonRpc.METHOD_NOT_FOUND, "Method not found: " + request.method());
    }

    private void receiveNotification(JSONRPCNotification notification, McpTransportContext context) {
        if (notification.method().equals(McpSchema.METHOD_NOTIFICATION_INITIALIZED)) {
            confirm(context);
        } else {
            calls.receive(notification);
        }
    }

    private void confirm(McpTransportContext context) {
        if (advance(State.ANSWERED, State.OPEN)) {
            pass(new JSONRPCNotification(McpSchema.METHOD_NOTIFICATION_INITIALIZED, Map.of()), context);
        }
    }

    private synchronized boolean isNew() {
        return state == State.NEW;
    }

    private synchronized boolean advance(State from, State to) {
        boolean advances = state == from;
        if (advances) {
            state = to;
        }
        return advances;
    }

    private void pass(JSONRPCMessage message, McpTransportContext context) {
        session.handle(message)
                .contextWrite(values -> values.put(McpTransportContext.KEY, context))
                .subscribe(done -> {}, failure -> LOG.error("a message could not be handled", failure));
    }

    /** @param id the id of the request that is answered; null when the message answers none */
    private void send(@Nullable Object id, Object message) {
        client.accept(JsonRpc.bytes(id, message));
    }

    /** The session's view of the connection. */
    private final class Connection implements McpServerTransport {

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.fromRunnable(() -> {
                if (message instanceof JSONRPCResponse response) {
                    JSONRPCResponse reply = showsApps ? response : ServedTools.withoutPages(response);
                    calls.answer(reply.id(), () -> send(reply.id(), reply));
                } else {
                    if (message instanceof JSONRPCRequest question) {
                        asked.add(question.id());
                    }
                    send(null, message);
                    if (hasEnded) {
                        endQuestions();
                    }
                }
            });
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return MemoryServer.JSON.convertValue(data, type);
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.fromRunnable(hangUp);
        }

        @Override
        public void close() {
            hangUp.run();
        }
    }
}
