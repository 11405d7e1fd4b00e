package io.unifiedmemory.mcp.stdio;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.unifiedmemory.mcp.Conversation;
import io.unifiedmemory.mcp.Era;
import io.unifiedmemory.mcp.JsonRpc;
import io.unifiedmemory.mcp.MemoryMethods;
import io.unifiedmemory.mcp.stateless.StatelessServer;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.LineReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * MCP over standard input and output, one client per process: a message is one line of JSON.
 *
 * <p>A call runs on the thread that read it, so calls take effect in the order in which they arrive and none pays for a
 * thread switch. A call that is about to wait calls {@link #yieldTurn}: another thread continues reading, so the call
 * delays no other call and can be cancelled.
 *
 * <p>Requests of both eras of the protocol may come in any order, see {@link Era}.
 *
 * <p>A line that is not a message is answered with an error, and the server continues. At the end of input the calls in
 * flight are answered before {@link #serve} returns. A cancelled request is interrupted and not answered.
 */
public final class StdioTransport implements McpServerTransportProvider {

    private static final Logger LOG = LoggerFactory.getLogger(StdioTransport.class);

    /** Room for a value and metadata of the largest size, fully escaped. */
    private static final int MAX_LINE_BYTES = 16 * 1024 * 1024;

    /** How many calls may wait at once; with more, reading waits too. */
    private static final int MAX_WAITING = 256;

    private final LineReader in;
    private final OutputStream out;
    private final Semaphore turns = new Semaphore(MAX_WAITING);
    private final CountDownLatch endOfInput = new CountDownLatch(1);
    private final ExecutorService readers = Executors.newCachedThreadPool(task -> Daemon.create("stdio", task));
    private volatile @Nullable Thread reader;
    private volatile @Nullable Conversation conversation;
    private volatile @Nullable Supplier<MemoryMethods> methods;
    private volatile @Nullable Supplier<StatelessServer> statelessServer;
    private volatile @Nullable StatelessRequests stateless;
    private volatile Runnable onInitialized = () -> {};
    private boolean begun;

    /** A transport over these streams; nothing else may use them. */
    public StdioTransport(InputStream in, OutputStream out) {
        this.in = new LineReader(in, MAX_LINE_BYTES, LineReader.Excess.SKIP);
        this.out = out;
    }

    /**
     * Sets an action to run once, when the client has been answered for the first time, or before the first request that
     * stands alone and is no probe: work that would slow down the start.
     */
    public void onInitialized(Runnable action) {
        onInitialized = action;
    }

    /** Sets what answers the requests about resources, prompts and completion, before a server is attached. */
    public void answerBy(Supplier<MemoryMethods> memoryMethods) {
        methods = memoryMethods;
    }

    /**
     * Sets what answers the requests that stand alone.
     *
     * @param server is asked for it when the first one comes
     */
    public void serveStateless(Supplier<StatelessServer> server) {
        statelessServer = server;
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory factory) {
        Conversation opened = new Conversation(factory, this::write, endOfInput::countDown);
        Supplier<MemoryMethods> answering = methods;
        if (answering != null) {
            opened.answerBy(answering);
        }
        opened.onInitialized(this::begin);
        conversation = opened;
    }

    /**
     * Serves the client until its input ends, then until the calls in flight are answered.
     *
     * @param grace how long calls in flight may take after the end of input
     */
    public void serve(Duration grace) throws InterruptedException {
        readers.execute(this::takeTurn);
        endOfInput.await();
        StatelessRequests requests = stateless;
        if (requests != null) {
            requests.endSubscriptions();
        }
        Conversation current = conversation;
        if (current != null) {
            current.ended();
        }
        if (current != null && !current.calls().awaitNone(grace)) {
            LOG.warn(
                    "{} calls were still unanswered {} s after the end of input",
                    current.calls().count(),
                    grace.toSeconds());
        }
    }

    /** Lets another thread continue reading. Does nothing on a thread other than the reading one. */
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
            boolean more = true;
            while (more && reader == Thread.currentThread()) {
                more = readOne();
            }
        } finally {
            if (reader == Thread.currentThread()) {
                // At the end of input, and where even an error could not be logged: otherwise the process would hang
                // without a reader.
                endOfInput.countDown();
            }
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
            write(JsonRpc.bytes(null, e.reply()));
        } catch (LineReader.LineTooLongException e) {
            String reason = "Invalid request: a message may have at most " + MAX_LINE_BYTES + " bytes";
            write(JsonRpc.bytes(null, JsonRpc.error(null, JsonRpc.INVALID_REQUEST, reason)));
        } catch (IOException e) {
            LOG.warn("standard input cannot be read any more: {}", e.getMessage());
            return false;
        } catch (Throwable e) {
            LOG.error("a message could not be handled", e);
        }
        return true;
    }

    private void receive(JSONRPCMessage message) {
        if (message instanceof JSONRPCRequest request && statelessServer != null && Era.isStateless(request)) {
            stateless().receive(request);
            return;
        }
        conversation().receive(message, McpTransportContext.EMPTY);
        StatelessRequests requests = stateless;
        if (requests != null && message instanceof JSONRPCNotification notification) {
            // After its call was cancelled, if that is in flight: what listens by now was answered before.
            requests.receive(notification);
        }
    }

    /** Only the thread whose turn it is reads, so that no two threads make it. */
    private StatelessRequests stateless() {
        StatelessRequests requests = stateless;
        Supplier<StatelessServer> server = statelessServer;
        if (requests == null && server != null) {
            requests = new StatelessRequests(server.get(), conversation().calls(), this::write, this::begin);
            stateless = requests;
        }
        if (requests == null) {
            throw new IllegalStateException("no server is attached to this transport");
        }
        return requests;
    }

    /** Once, whichever era the client begins with. */
    private void begin() {
        synchronized (this) {
            if (begun) {
                return;
            }
            begun = true;
        }
        onInitialized.run();
    }

    private Conversation conversation() {
        Conversation current = conversation;
        if (current == null) {
            throw new IllegalStateException("no server is attached to this transport");
        }
        return current;
    }

    private void write(byte[] json) {
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
        return Mono.fromRunnable(() -> write(JsonRpc.bytes(null, new JSONRPCNotification(method, params))));
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(endOfInput::countDown);
    }
}
