package io.unifiedmemory.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Knows whether a thread works on a request; a stream of events goes on without one. Thread-safe. */
@SuppressWarnings("serial") // A filter is never serialized.
final class InFlight extends HttpFilter {

    private static final int ALL = Integer.MAX_VALUE;

    private final Semaphore permits = new Semaphore(ALL);

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!permits.tryAcquire()) {
            Endpoint.refuse(response, 503, "The server is ending");
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            permits.release();
        }
    }

    /** Waits until no thread works on a request; from then on each is refused. False when {@code limit} has passed. */
    boolean end(Duration limit) throws InterruptedException {
        return permits.tryAcquire(ALL, limit.toMillis(), TimeUnit.MILLISECONDS);
    }
}
