package io.unifiedmemory.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Every event stream that is open. Thread-safe. */
final class EventStreams {

    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();

    /** Answers a request with a stream; {@code onEnd} is called once, when nothing can be sent any more. */
    EventStream open(HttpServletRequest request, HttpServletResponse response, Runnable onEnd) throws IOException {
        EventStream stream = EventStream.answer(request, response, ended -> {
            open.remove(ended);
            onEnd.run();
        });
        open.add(stream);
        stream.start();
        return stream;
    }

    /** Keeps the connections alive, and ends those whose client has gone. */
    void keepAlive() {
        List.copyOf(open).forEach(EventStream::keepAlive);
    }

    /** Ends every stream, after what is still to be sent on it. */
    void close() {
        List.copyOf(open).forEach(EventStream::close);
    }
}
