package io.unifiedmemory.server;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.unifiedmemory.memory.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;

/**
 * MCP over standard input and output, one client per process: a message is one line of JSON.
 *
 * <p>A call runs on the thread that read it, so calls take effect in the order in which they arrive and none pays for a
 * change of thread. A call that is about to wait for an upstream calls {@link #yieldTurn}: another thread goes on
 * reading, so it holds up no other call and can be cancelled.
 *
 * <p>A line that is no message is answered with an error and the server lives on. At the end of input the calls in
 * flight are answered before {@link #serve} returns. A cancelled request is interrupted and not answered.
 */
public final class StdioTransport implements McpServerTransportProvider {

    private static final Logger LOG = LoggerFactory.getLogger(StdioTransport.class);

    /** Room for a value and metadata of the largest size in the longest escape. */
    private static final int MAX_LINE_BYTES = 16 * 1024 * 1024;

    /** How many calls may wait for upstreams at once; then reading waits too. */
    private static final int MAX_WAITING = 64;

    private final McpJsonMapper mapper;
    private final LineReader in;
    private final OutputStream out;
    private final CallsInFlight calls = new CallsInFlight();
    private final Semaphore turns = new Semaphore(MAX_WAITING);
    private final CountDownLatch endOfInput = new CountDownLatch(1);
    private final ExecutorService readers = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "stdio");
        thread.setDaemon(true);
        return thread;
    });
    private volatile @Nullable Thread reader;
    private volatile @Nullable McpServerSession session;
    private volatile Runnable onInitialized = () -> {};
    private volatile State state = State.NEW;

    /** How far the handshake is. */
    private enum State {
        /** The client has not sent {@code initialize}. */
        NEW,
        /** {@code initialize} was answered. */
        ANSWERED,
        /** The client confirmed, or sent its first request. */
        OPEN
    }

    /** Takes the streams for itself; nothing else may use them. */
    public StdioTransport(InputStream in, OutputStream out, McpJsonMapper mapper) {
        this.in = new LineReader(in, MAX_LINE_BYTES);
        this.out = out;
        this.mapper = mapper;
    }

    /** What to do once, when the client has been answered for the first time: what would slow down the start. */
    public void onInitialized(Runnable action) {
        onInitialized = action;
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory factory) {
        session = factory.create(new Connection());
    }

    /**
     * Serves the client until its input ends, then until the calls in flight are answered.
     *
     * @param grace how long calls in flight may take after the end of input
     */
    public void serve(Duration grace) throws InterruptedException {
        readers.execute(this::takeTurn);
        endOfInput.await();
        if (!calls.awaitNone(grace)) {
            LOG.warn("{} calls were still unanswered {} s after the end of input", calls.count(), grace.toSeconds());
        }
    }

    /** Lets another thread go on reading. Does nothing on a thread that is not the one that reads. */
    public void yieldTurn() {
        if (Thread.currentThread() == reader) {
            reader = null;
            readers.execute(this::takeTurn);
        }
    }

    private void takeTurn() {
        turns.acquireUninterruptibly();
        try {
            reader = Thread.currentThread();
            while (reader == Thread.currentThread()) {
                if (!readOne()) {
                    endOfInput.countDown();
                    return;
                }
            }
        } finally {
            turns.release();
        }
    }

    /** Reads and handles one line; false at the end of input. */
    private boolean readOne() {
        try {
            byte[] line = in.next();
            if (line == null) {
                return false;
            }
            if (!isBlank(line)) {
                receive(JsonRpc.parse(line));
            }
        } catch (JsonRpc.BadMessageException e) {
            write(null, e.reply());
        } catch (LineReader.LineTooLongException e) {
            write(null, JsonRpc.error(null, JsonRpc.INVALID_REQUEST, "Invalid request: " + e.getMessage()));
        } catch (IOException e) {
            LOG.warn("standard input cannot be read any more: {}", e.getMessage());
            return false;
        } catch (RuntimeException e) {
            LOG.error("a message could not be handled", e);
        }
        return true;
    }

    private void receive(JSONRPCMessage message) {
        if (message instanceof JSONRPCRequest request) {
            receiveRequest(request);
        } else if (message instanceof JSONRPCNotification notification) {
            receiveNotification(notification);
        } else {
            pass(message);
        }
    }

    private void receiveRequest(JSONRPCRequest request) {
        if (request.method().equals(McpSchema.METHOD_INITIALIZE)) {
            pass(request);
            if (state == State.NEW) {
                state = State.ANSWERED;
                onInitialized.run();
            }
        } else if (request.method().equals(McpSchema.METHOD_PING)) {
            write(request.id(), JsonRpc.result(request.id(), Map.of()));
        } else if (state == State.NEW) {
            write(request.id(), refusal(request));
        } else {
            call(request);
        }
    }

    private void call(JSONRPCRequest request) {
        if (state == State.ANSWERED) {
            // The SDK holds back every request until the client has confirmed; a client that asks has done so.
            receiveNotification(new JSONRPCNotification(McpSchema.METHOD_NOTIFICATION_INITIALIZED, Map.of()));
        }
        if (!calls.begin(request.id())) {
            write(
                    request.id(),
                    JsonRpc.error(
                            request.id(),
                            JsonRpc.INVALID_REQUEST,
                            "Invalid request: a call in flight has the same id"));
            return;
        }
        try {
            pass(request);
        } finally {
            calls.leave(request.id());
        }
    }

    /** Clients of newer revisions probe with methods that are unknown here and go on when they are told so. */
    private static Map<String, Object> refusal(JSONRPCRequest request) {
        boolean known = request.method().matches("(tools|resources|prompts|completion|logging)/.*");
        return known
                ? JsonRpc.error(request.id(), JsonRpc.INVALID_REQUEST, "Invalid request: send initialize first")
                : JsonRpc.error(request.id(), JsonRpc.METHOD_NOT_FOUND, "Method not found: " + request.method());
    }

    private void receiveNotification(JSONRPCNotification notification) {
        if (notification.method().equals(McpSchema.METHOD_NOTIFICATION_INITIALIZED)) {
            if (state == State.ANSWERED) {
                state = State.OPEN;
                pass(notification);
            }
        } else if (notification.method().equals("notifications/cancelled")
                && notification.params() instanceof Map<?, ?> params
                && params.get("requestId") != null) {
            calls.cancel(params.get("requestId"));
        } else {
            LOG.debug("ignored notification {}", notification.method());
        }
    }

    private void pass(JSONRPCMessage message) {
        McpServerSession current = session;
        if (current == null) {
            throw new IllegalStateException("no server is attached to this transport");
        }
        current.handle(message).subscribe(done -> {}, failure -> LOG.error("a message could not be handled", failure));
    }

    /** @param id of the request that is answered; null when the message answers none */
    private void write(@Nullable Object id, Object message) {
        byte[] json = json(id, message);
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        try {
            synchronized (out) {
                out.write(line);
                out.flush();
            }
        } catch (IOException e) {
            LOG.debug("the client has gone: {}", e.getMessage());
            endOfInput.countDown();
        }
    }

    private static byte[] json(@Nullable Object id, Object message) {
        try {
            return Json.writeBytes(PlainJson.of(message));
        } catch (JacksonException e) {
            LOG.error("a message cannot be written as JSON", e);
            return Json.writeBytes(JsonRpc.error(
                    id, McpSchema.ErrorCodes.INTERNAL_ERROR, "the reply cannot be written as JSON: see the log"));
        }
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
        return Mono.fromRunnable(() -> write(null, new JSONRPCNotification(method, params)));
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(endOfInput::countDown);
    }

    /** The session's view of the one connection. */
    private final class Connection implements McpServerTransport {

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return Mono.fromRunnable(() -> {
                if (message instanceof JSONRPCResponse response) {
                    calls.answer(response.id(), () -> write(response.id(), response));
                } else {
                    write(null, message);
                }
            });
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return mapper.convertValue(data, type);
        }

        @Override
        public Mono<Void> closeGracefully() {
            return StdioTransport.this.closeGracefully();
        }

        @Override
        public void close() {
            endOfInput.countDown();
        }
    }
}
