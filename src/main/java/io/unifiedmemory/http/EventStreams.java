package io.unifiedmemory.http;

import io.unifiedmemory.access.ByteBudget;
import io.unifiedmemory.http.guard.Sender;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All open event streams, each with who listens to it. Thread-safe. */
final class EventStreams {

    private final Map<EventStream, Sender> open = new ConcurrentHashMap<>();
    private final ByteBudget budget;

    /**
     * @param budget for what waits to be read on any of them
     */
    EventStreams(ByteBudget budget) {
        this.budget = budget;
    }

    /** Answers a request with a stream; {@code onEnd} is called once, when nothing can be sent any more. */
    EventStream open(HttpServletRequest request, HttpServletResponse response, Runnable onEnd) throws IOException {
        Sender listener = Sender.of(request::getAttribute);
        EventStream stream = EventStream.answer(request, response, budget, listener.owner(), ended -> {
            open.remove(ended);
            onEnd.run();
        });
        open.put(stream, listener);
        stream.start();
        return stream;
    }

    /** Keeps the connections alive, and ends those whose client has gone or whose token has ended. */
    void keepAlive() {
        Map.copyOf(open).forEach((stream, listener) -> {
            if (!listener.mayStay()) {
                stream.close();
            }
            stream.keepAlive();
        });
    }

    /** Ends every stream when what waits on it is written. */
    void close() {
        Map.copyOf(open).keySet().forEach(EventStream::close);
    }
}
