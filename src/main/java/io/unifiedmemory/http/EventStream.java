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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events to one listener, as long as it is there; {@link StreamState} says what can happen to it. No thread
 * waits for a listener that reads slowly. What waits for it is counted, and a listener that lets more wait than its
 * share is cut off. Thread-safe.
 */
final class EventStream implements WriteListener, AsyncListener {

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    /** The name of an event that is a message of JSON-RPC. */
    static final String MESSAGE = "message";

    private final AsyncContext context;
    private final ServletOutputStream out;
    private final UnreadEvents unread;
    private final Consumer<EventStream> onEnd;
    /** Begins as if something were being written: the container's first call is still to come. */
    private StreamState state = StreamState.WRITING;

    private boolean unflushed;

    private EventStream(
            AsyncContext context, ServletOutputStream out, UnreadEvents unread, Consumer<EventStream> onEnd) {
        this.context = context;
        this.out = out;
        this.unread = unread;
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
        EventStream stream =
                new EventStream(context, response.getOutputStream(), new UnreadEvents(budget, owner), onEnd);
        context.addListener(stream);
        return stream;
    }

    /** Sends the headers and a first comment at once, so that the client knows that it is heard. */
    void start() {
        synchronized (this) {
            unread.addComment();
        }
        out.setWriteListener(this);
    }

    /** Sets what every stream of events is answered with. */
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

    /** Sends an event when the listener is ready for it; dropped when the stream has ended or is to end. */
    synchronized void send(String name, byte[] data) {
        if (!state.takesEvents()) {
            return;
        }
        if (!unread.add(event(name, data))) {
            LOG.info("a listener was cut off that does not read what it asked for");
            become(StreamState.ENDED);
        } else if (state == StreamState.IDLE) {
            drain();
        }
    }

    /** Sends a comment, so that a dead connection is noticed; ends a stream that took nothing since the last time. */
    synchronized void keepAlive() {
        if (state == StreamState.IDLE) {
            unread.addComment();
            drain();
        }
        become(state.onLook());
    }

    /** Ends the stream when what waits is written. */
    synchronized void close() {
        become(state.onClose());
    }

    @Override
    public synchronized void onWritePossible() {
        drain();
    }

    /** Writes for as long as the container takes it without waiting; when it takes more it calls again. */
    private void drain() {
        become(state.onWritable());
        try {
            while (state != StreamState.ENDED && out.isReady()) {
                byte[] next = unread.next();
                if (next != null) {
                    unflushed = true;
                    out.write(next);
                } else if (unflushed) {
                    // Only once nothing waits: each flush is a packet of its own.
                    unflushed = false;
                    out.flush();
                } else {
                    become(state.onWritten());
                    return;
                }
            }
        } catch (IOException e) {
            LOG.debug("a listener has gone: {}", e.getMessage());
            become(StreamState.ENDED);
        }
    }

    synchronized boolean hasEnded() {
        return state == StreamState.ENDED;
    }

    private void become(StreamState next) {
        boolean ends = next == StreamState.ENDED && state != StreamState.ENDED;
        state = next;
        if (ends) {
            release();
        }
    }

    /** Called once, at the end. */
    private void release() {
        unread.clear();
        try {
            context.complete();
        } catch (IllegalStateException e) {
            LOG.debug("the container has ended the stream already: {}", e.getMessage());
        }
        onEnd.accept(this);
    }

    @Override
    public synchronized void onError(Throwable failure) {
        become(StreamState.ENDED);
    }

    @Override
    public synchronized void onComplete(AsyncEvent event) {
        become(StreamState.ENDED);
    }

    @Override
    public synchronized void onTimeout(AsyncEvent event) {
        become(StreamState.ENDED);
    }

    @Override
    public synchronized void onError(AsyncEvent event) {
        become(StreamState.ENDED);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // nobody starts another cycle
    }
}
