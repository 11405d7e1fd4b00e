package io.unifiedmemory.http.guard;

import io.modelcontextprotocol.spec.HttpHeaders;
import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.ConcurrencyLimiter;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.RateLimiter;
import io.unifiedmemory.mcp.Era;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one principal from taking the server from the others: limits its requests per second, its requests under way at
 * once and its open streams. Stands behind {@link AuthenticationFilter}; a request without a principal is not limited.
 */
@SuppressWarnings("serial") // A filter is never serialized.
final class RateLimitFilter extends HttpFilter {

    private final @Nullable RateLimiter rate;
    private final @Nullable ConcurrencyLimiter calls;
    private final @Nullable ConcurrencyLimiter streams;

    /**
     * Makes the filter.
     *
     * @param nanoTime a clock like {@link System#nanoTime}
     */
    RateLimitFilter(AccessOptions options, LongSupplier nanoTime) {
        rate = options.callsPerSecond() == 0 ? null : new RateLimiter(options.callsPerSecond(), nanoTime);
        calls = limiter(options.concurrentCalls());
        streams = limiter(options.openStreams());
    }

    private static @Nullable ConcurrencyLimiter limiter(int most) {
        return most == 0 ? null : new ConcurrencyLimiter(most);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(Caller.of(request) instanceof Principal principal)) {
            chain.doFilter(request, response);
            return;
        }
        Duration wait = rate == null ? Duration.ZERO : rate.take(principal.id());
        if (!wait.isZero()) {
            refuse(response, wait, "Too many requests of this token in a second");
            return;
        }
        boolean stream = isStream(request);
        ConcurrencyLimiter limiter = stream ? streams : calls;
        if (limiter == null) {
            chain.doFilter(request, response);
        } else if (limiter.enter(principal.id())) {
            counted(request, response, chain, () -> limiter.leave(principal.id()));
        } else {
            refuse(
                    response,
                    Duration.ofSeconds(1),
                    stream ? "Too many open streams of this token" : "Too many requests of this token at once");
        }
    }

    /**
     * Whether a request is answered with a stream that stays open. Of a revision that has the header {@code Mcp-Method},
     * the header is held against the message before anything is done.
     */
    private static boolean isStream(HttpServletRequest request) {
        return request.getMethod().equals("GET")
                || ("subscriptions/listen".equals(request.getHeader("Mcp-Method"))
                        && Era.isStateless(request.getHeader(HttpHeaders.PROTOCOL_VERSION)));
    }

    private static void counted(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, Runnable leave)
            throws IOException, ServletException {
        boolean goesOn = false;
        try {
            chain.doFilter(request, response);
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(new WhenComplete(leave));
                goesOn = true;
            }
        } finally {
            if (!goesOn) {
                leave.run();
            }
        }
    }

    private static void refuse(HttpServletResponse response, Duration wait, String message) throws IOException {
        long seconds = Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
        response.setHeader("Retry-After", Long.toString(seconds));
        JsonReply.refuse(response, 429, message + ": wait " + seconds + " s");
    }

    private record WhenComplete(Runnable action) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            action.run();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // completion follows
        }

        @Override
        public void onError(AsyncEvent event) {
            // completion follows
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // a new cycle keeps the count; it completes too
            event.getAsyncContext().addListener(this);
        }
    }
}
