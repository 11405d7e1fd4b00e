package io.unifiedmemory.http;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.Authenticator;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What stands in front of a server, by whether its callers need tokens. */
public final class AccessFilters {

    private static final Logger LOG = LoggerFactory.getLogger(AccessFilters.class);

    private AccessFilters() {}

    /**
     * Puts authentication, then limits, in front of everything, and tells OAuth clients where to get a token.
     *
     * @param clock against which tokens expire
     * @param nanoTime a clock like {@link System#nanoTime}, for limits
     * @param open the paths of servlets that answer everybody
     * @param refused hears of each token that was refused, in one word why
     */
    public static void install(
            HttpServer http,
            AccessOptions options,
            Clock clock,
            LongSupplier nanoTime,
            Set<String> open,
            Consumer<String> refused) {
        Set<String> all = new HashSet<>(open);
        if (options.jwt() != null) {
            all.add(ProtectedResourceMetadata.WELL_KNOWN);
            http.addServlet(ProtectedResourceMetadata.WELL_KNOWN + "/*", new ProtectedResourceMetadata(options));
        }
        BearerCheck check = new BearerCheck(Authenticator.of(options, clock));
        http.keepBodiesOf(check::knows);
        http.addFilter(new AuthenticationFilter(options, all, new Refusals(nanoTime, refused)));
        http.addFilter(new RateLimitFilter(options, nanoTime));
    }

    /** Lets everybody in, until tokens are made: from then on nobody, because nobody has decided who may see what. */
    public static void installNone(HttpServer http, AccessOptions options) {
        http.addFilter(new OpenUntilTokens(options));
    }

    @SuppressWarnings("serial") // A filter is never serialized.
    private static final class OpenUntilTokens extends HttpFilter {

        private final AccessOptions options;
        private final AtomicBoolean closed = new AtomicBoolean();

        OpenUntilTokens(AccessOptions options) {
            this.options = options;
        }

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            boolean close = options.authenticates();
            if (closed.getAndSet(close) != close) {
                LOG.warn(
                        close
                                ? "{} has been made: nobody is served until this server is started again or it is removed"
                                : "{} has been removed: everybody is served again, without a token",
                        options.tokenFile());
            }
            if (close) {
                Endpoint.refuse(
                        response,
                        503,
                        "This server began without tokens, and now there are some: it must be started again");
                return;
            }
            request.setAttribute(
                    BearerCheck.FINDING, new BearerCheck.Finding(null, null, () -> !options.authenticates()));
            chain.doFilter(request, response);
        }
    }
}
