package io.unifiedmemory.http;

import io.unifiedmemory.access.ByteBudget;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events to one listener, as long as it is there. No thread waits for a listener that reads slowly; what
 * waits for it is counted, and whoever lets more wait than its share is cut off. Thread-safe.
 */
final class EventStream implements WriteListener, AsyncListener {

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    /** The name of an event that is a message of JSON-RPC. */
    static final String MESSAGE = "message";

    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final AsyncContext context;
    private final ServletOutputStream out;
    private final ByteBudget budget;
    private final @Nullable String owner;
    private final Consumer<EventStream> onEnd;
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    /** What of the budget is taken: for what waits, and for what the container is writing. */
    private long taken;

    private int writing;
    private boolean unflushed;
    /** Whether everything is written, so that the next event may be written by whoever sends it. */
    private boolean idle;

    private boolean stalled;
    private boolean closing;
    private boolean ended;

    private EventStream(
            AsyncContext context,
            ServletOutputStream out,
            ByteBudget budget,
            @Nullable String owner,
            Consumer<EventStream> onEnd) {
        this.context = context;
        this.out = out;
        this.budget = budget;
        this.owner = owner;
        this.onEnd = onEnd;
    }

    /**
     * Makes the answer to a request a stream, which is sent from {@link #start} on.
     *
     * @param budget for what waits to be read
     * @param owner who reads; null when callers are not told apart
     * @param onEnd called once, when nothing can be sent any more
     */
    static EventStream answer(
            HttpServletRequest request,
            HttpServletResponse response,
            ByteBudget budget,
            @Nullable String owner,
            Consumer<EventStream> onEnd)
            throws IOException {
        setHeaders(response);
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        EventStream stream = new EventStream(context, response.getOutputStream(), budget, owner, onEnd);
        context.addListener(stream);
        return stream;
    }

    /** Sends the headers and a first comment at once, so that the client knows that it is heard. */
    void start() {
        comment();
        out.setWriteListener(this);
    }

    static void setHeaders(HttpServletResponse response) {
        response.setContentType(Endpoint.EVENTS);
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-cache, no-transform");
        // Otherwise a proxy in front may keep events until it has a page full of them.
        response.setHeader("X-Accel-Buffering", "no");
    }

    /** One event in the format of the HTML standard; JSON has no line breaks that would have to be split. */
    static byte[] event(String name, byte[] data) {
        byte[] head = ("event: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8);
        byte[] event = new byte[head.length + data.length + 2];
        System.arraycopy(head, 0, event, 0, head.length);
        System.arraycopy(data, 0, event, head.length, data.length);
        event[event.length - 2] = '\n';
        event[event.length - 1] = '\n';
        return event;
    }

    /** Sends an event when the listener is ready for it; dropped when the stream has ended. */
    synchronized void send(String name, byte[] data) {
        if (ended || closing) {
            return;
        }
        byte[] event = event(name, data);
        if (!budget.take(owner, event.length)) {
            LOG.info("a listener was cut off that does not read what it asked for");
            end();
            return;
        }
        taken += event.length;
        waiting.add(event);
        if (idle) {
            drain();
        }
    }

    private synchronized void comment() {
        waiting.add(COMMENT);
    }

    private void give(long bytes) {
        taken -= bytes;
        budget.give(owner, bytes);
    }

    /** Sends a comment, so that a dead connection is noticed; ends a stream that took nothing since the last time. */
    synchronized void keepAlive() {
        if (stalled && !idle) {
            end();
        } else if (idle && !ended) {
            comment();
            drain();
        }
        stalled = !idle;
    }

    /** Ends the stream when what waits is written. */
    synchronized void close() {
        closing = true;
        if (idle) {
            end();
        }
    }

    @Override
    public synchronized void onWritePossible() {
        drain();
    }

    private void drain() {
        idle = false;
        stalled = false;
        try {
            while (!ended && out.isReady()) {
                give(writing);
                writing = 0;
                byte[] next = waiting.poll();
                if (next != null) {
                    writing = next == COMMENT ? 0 : next.length;
                    unflushed = true;
                    out.write(next);
                } else if (unflushed) {
                    unflushed = false;
                    out.flush();
                } else {
                    idle = true;
                    if (closing) {
                        end();
                    }
                    return;
                }
            }
        } catch (IOException e) {
            end();
        }
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        waiting.clear();
        give(taken);
        try {
            context.complete();
        } catch (IllegalStateException e) {
            LOG.debug("the container has ended the stream already: {}", e.getMessage());
        }
        onEnd.accept(this);
    }

    @Override
    public synchronized void onError(Throwable failure) {
        end();
    }

    @Override
    public synchronized void onComplete(AsyncEvent event) {
        end();
    }

    @Override
    public synchronized void onTimeout(AsyncEvent event) {
        end();
    }

    @Override
    public synchronized void onError(AsyncEvent event) {
        end();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
