package io.unifiedmemory.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.EventsHandler;

/**
 * Watches every answer, whoever gave it: tells of its status, and ends those to a POST that take too long, because each of
 * them holds a thread while its client reads. Thread-safe.
 */
final class ReplyWatch extends EventsHandler {

    private final LongSupplier nanoTime;
    private final Map<Connection, Long> begun = new ConcurrentHashMap<>();
    private volatile IntConsumer listener = status -> {};

    /**
     * @param nanoTime a clock like {@link System#nanoTime}
     */
    ReplyWatch(Handler next, LongSupplier nanoTime) {
        super(next);
        this.nanoTime = nanoTime;
    }

    void tell(IntConsumer who) {
        listener = who;
    }

    /** Hangs up on clients that have not read the answer to a POST in this time. */
    void endSlowerThan(Duration limit) {
        long now = nanoTime.getAsLong();
        begun.forEach((connection, since) -> {
            if (now - since >= limit.toNanos()) {
                connection.getEndPoint().close(new IOException("the client reads too slowly"));
            }
        });
    }

    @Override
    protected void onResponseBegin(Request request, int status, HttpFields headers) {
        listener.accept(status);
        if (HttpMethod.POST.is(request.getMethod())) {
            begun.put(request.getConnectionMetaData().getConnection(), nanoTime.getAsLong());
        }
    }

    @Override
    protected void onComplete(Request request, int status, HttpFields headers, Throwable failure) {
        begun.remove(request.getConnectionMetaData().getConnection());
    }
}
