package io.unifiedmemory.http;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events to one listener, as long as it is there. No thread waits for a listener that reads slowly; what
 * waits for it is bounded, and whoever does not read at all is cut off. Thread-safe.
 */
final class EventStream implements WriteListener, AsyncListener {

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    /** Room for some replies of the largest size. */
    private static final int MAX_WAITING_BYTES = 16 * 1024 * 1024;

    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final AsyncContext context;
    private final ServletOutputStream out;
    private final Consumer<EventStream> onEnd;
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean unflushed;
    /** Whether everything is written, so that the next event may be written by whoever sends it. */
    private boolean idle;

    private boolean stalled;
    private boolean closing;
    private boolean ended;

    private EventStream(AsyncContext context, ServletOutputStream out, Consumer<EventStream> onEnd) {
        this.context = context;
        this.out = out;
        this.onEnd = onEnd;
    }

    /**
     * Makes the answer to a request a stream, which is sent from {@link #start} on.
     *
     * @param onEnd called once, when nothing can be sent any more
     */
    static EventStream answer(HttpServletRequest request, HttpServletResponse response, Consumer<EventStream> onEnd)
            throws IOException {
        setHeaders(response);
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        EventStream stream = new EventStream(context, response.getOutputStream(), onEnd);
        context.addListener(stream);
        return stream;
    }

    /** Sends the headers and a first comment at once, so that the client knows that it is heard. */
    void start() {
        enqueue(COMMENT);
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
        if (!waiting.isEmpty() && waitingBytes + data.length > MAX_WAITING_BYTES) {
            LOG.info("a listener was cut off that does not read what it asked for");
            end();
            return;
        }
        enqueue(event(name, data));
        if (idle) {
            drain();
        }
    }

    private synchronized void enqueue(byte[] bytes) {
        waiting.add(bytes);
        waitingBytes += bytes.length;
    }

    /** Sends a comment, so that a dead connection is noticed; ends a stream that took nothing since the last time. */
    synchronized void keepAlive() {
        if (stalled && !idle) {
            end();
        } else if (idle && !ended) {
            enqueue(COMMENT);
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
                byte[] next = waiting.poll();
                if (next != null) {
                    waitingBytes -= next.length;
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
        waitingBytes = 0;
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
