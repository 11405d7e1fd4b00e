package io.unifiedmemory.http.guard;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Counts the requests that a thread works on, so that the server can wait for them at its end. Thread-safe. */
@SuppressWarnings("serial") // A filter is never serialized.
public final class InFlight extends HttpFilter {

    private static final int ALL = Integer.MAX_VALUE;

    private final Semaphore permits = new Semaphore(ALL);

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!permits.tryAcquire()) {
            JsonReply.refuse(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "The server is ending");
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            permits.release();
        }
    }

    /**
     * Waits until no thread works on a request; from then on every request is refused. Streams of events go on: they
     * hold no thread.
     *
     * @return false when {@code limit} has passed and some thread still works
     */
    public boolean end(Duration limit) throws InterruptedException {
        return permits.tryAcquire(ALL, limit.toMillis(), TimeUnit.MILLISECONDS);
    }
}
