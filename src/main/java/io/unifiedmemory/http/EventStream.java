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
    private boolean released;

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
    void send(String name, byte[] data) {
        synchronized (this) {
            if (!state.takesEvents()) {
                return;
            }
            if (!unread.add(event(name, data))) {
                LOG.info("a listener was cut off that does not read what it asked for");
                state = StreamState.ENDED;
            } else if (state == StreamState.IDLE) {
                drain();
            }
        }
        releaseEnded();
    }

    /** Sends a comment, so that a dead connection is noticed; ends a stream that took nothing since the last time. */
    void keepAlive() {
        synchronized (this) {
            if (state == StreamState.IDLE) {
                unread.addComment();
                drain();
            }
            state = state.onLook();
        }
        releaseEnded();
    }

    /** Ends the stream when what waits is written. */
    void close() {
        synchronized (this) {
            state = state.onClose();
        }
        releaseEnded();
    }

    @Override
    public void onWritePossible() {
        synchronized (this) {
            drain();
        }
        releaseEnded();
    }

    /** Writes for as long as the container takes it without waiting; when it takes more it calls again. */
    private void drain() {
        state = state.onWritable();
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
                    state = state.onWritten();
                    return;
                }
            }
        } catch (IOException e) {
            LOG.debug("a listener has gone: {}", e.getMessage());
            state = StreamState.ENDED;
        }
    }

    synchronized boolean hasEnded() {
        return state == StreamState.ENDED;
    }

    private void end() {
        synchronized (this) {
            state = StreamState.ENDED;
        }
        releaseEnded();
    }

    /**
     * Lets go of all that a stream holds when it has ended; once. Called without the lock: who is told of the end may
     * have a lock of its own, under which another thread is about to send on this stream.
     */
    private void releaseEnded() {
        synchronized (this) {
            if (released || state != StreamState.ENDED) {
                return;
            }
            released = true;
            unread.clear();
        }
        try {
            context.complete();
        } catch (IllegalStateException e) {
            LOG.debug("the container has ended the stream already: {}", e.getMessage());
        }
        onEnd.accept(this);
    }

    @Override
    public void onError(Throwable failure) {
        end();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        end();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        end();
    }

    @Override
    public void onError(AsyncEvent event) {
        end();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // nobody starts another cycle
    }
}
