package io.unifiedmemory.http.guard;

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
 * Watches every answer, whichever part of the server gave it: reports its status, and ends an answer to a POST that
 * takes too long, because it holds a thread while its client reads. Thread-safe.
 */
public final class ReplyWatch extends EventsHandler {

    /** The attribute of a request whose answer may take as long as it likes, because no thread waits for it. */
    public static final String UNHURRIED = "io.unifiedmemory.http.unhurried";

    private final LongSupplier nanoTime;
    private final Map<Connection, Long> begun = new ConcurrentHashMap<>();
    private final IntConsumer observer;

    /**
     * @param observer is told the status of every answer; must be quick
     * @param nanoTime a clock like {@link System#nanoTime}
     */
    public ReplyWatch(Handler next, IntConsumer observer, LongSupplier nanoTime) {
        super(next);
        this.observer = observer;
        this.nanoTime = nanoTime;
    }

    /** Hangs up on clients that have not read the answer to a POST in this time. */
    public void endSlowerThan(Duration limit) {
        long now = nanoTime.getAsLong();
        begun.forEach((connection, since) -> {
            if (now - since >= limit.toNanos()) {
                connection.getEndPoint().close(new IOException("the client reads too slowly"));
            }
        });
    }

    @Override
    protected void onResponseBegin(Request request, int status, HttpFields headers) {
        observer.accept(status);
        if (HttpMethod.POST.is(request.getMethod()) && request.getAttribute(UNHURRIED) == null) {
            begun.put(request.getConnectionMetaData().getConnection(), nanoTime.getAsLong());
        }
    }

    @Override
    protected void onComplete(Request request, int status, HttpFields headers, Throwable failure) {
        begun.remove(request.getConnectionMetaData().getConnection());
    }
}
