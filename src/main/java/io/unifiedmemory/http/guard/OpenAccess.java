package io.unifiedmemory.http.guard;

import io.unifiedmemory.access.Tokens;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets everybody in while there are no tokens, and nobody from a second after the first one was made: whether there are any
 * is a question to the file system or the database, which costs more than the rest of a short request's way. Thread-safe.
 */
final class OpenAccess implements AccessPolicy {

    private static final Logger LOG = LoggerFactory.getLogger(OpenAccess.class);

    /** How long it counts what was found out. */
    static final Duration FRESH = Duration.ofSeconds(1);

    private final Tokens tokens;
    private final LongSupplier nanoTime;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Sender anybody = new Sender.Anybody(() -> !isClosed());
    private volatile @Nullable Look last;

    /** Whether there were tokens, and when that was. */
    private record Look(boolean found, long at) {}

    OpenAccess(Tokens tokens, LongSupplier nanoTime) {
        this.tokens = tokens;
        this.nanoTime = nanoTime;
    }

    @Override
    public Sender sender(List<String> authorizations) {
        return anybody;
    }

    /** Pages that answer everybody are closed too: a server that has to be started again is not well. */
    @Override
    public List<Filter> filters(Set<String> open) {
        return List.of(new ClosedByTokens());
    }

    @Override
    public Map<String, Servlet> servlets() {
        return Map.of();
    }

    private boolean isClosed() {
        long now = nanoTime.getAsLong();
        Look known = last;
        if (known != null && now - known.at < FRESH.toNanos()) {
            return known.found;
        }
        boolean close = tokens.exist();
        last = new Look(close, now);
        if (closed.getAndSet(close) != close) {
            LOG.warn(
                    close
                            ? "a token has been created in {}: this server rejects all requests until it is restarted"
                            : "what was in {} has been removed: this server serves everybody again, without a token",
                    tokens.place());
        }
        return close;
    }

    @SuppressWarnings("serial") // A filter is never serialized.
    private final class ClosedByTokens extends HttpFilter {

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            if (isClosed()) {
                JsonReply.refuse(
                        response,
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        "This server began without tokens, and now there are some: it must be started again");
                return;
            }
            chain.doFilter(request, response);
        }
    }
}
