package io.unifiedmemory.http;

import io.modelcontextprotocol.spec.HttpHeaders;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets in only what was meant for this server: a web page that had its own name resolve to this address (DNS rebinding)
 * comes with a foreign {@code Host} and {@code Origin}.
 */
@SuppressWarnings("serial") // A filter is never serialized.
final class RequestGuard extends HttpFilter {

    static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    private static final String PAGES_SEND = String.join(
            ", ",
            "Authorization",
            "Accept",
            "Content-Type",
            HttpHeaders.MCP_SESSION_ID,
            HttpHeaders.PROTOCOL_VERSION,
            HttpHeaders.LAST_EVENT_ID);

    private final HttpOptions options;
    private final boolean loopback;

    RequestGuard(HttpOptions options) {
        this.options = options;
        loopback = options.address().isLoopback();
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            check(request);
        } catch (RefusedException e) {
            Endpoint.answer(response, e.status(), e.body());
            return;
        }
        if (!isPreflight(request, response)) {
            chain.doFilter(request, response);
        }
    }

    /**
     * Tells a browser that pages of an origin that the options name may call (the CORS protocol of the Fetch standard), and
     * answers the question that it asks before, which carries no token.
     */
    private boolean isPreflight(HttpServletRequest request, HttpServletResponse response) {
        String origin = request.getHeader("Origin");
        if (origin == null || !isNamed(origin)) {
            return false;
        }
        response.setHeader("Access-Control-Allow-Origin", origin);
        response.setHeader("Access-Control-Expose-Headers", HttpHeaders.MCP_SESSION_ID + ", WWW-Authenticate");
        response.addHeader("Vary", "Origin");
        boolean asks =
                request.getMethod().equals("OPTIONS") && request.getHeader("Access-Control-Request-Method") != null;
        if (asks) {
            response.setHeader("Access-Control-Allow-Methods", "GET, POST, DELETE");
            response.setHeader("Access-Control-Allow-Headers", PAGES_SEND);
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        }
        return asks;
    }

    private void check(HttpServletRequest request) throws RefusedException {
        if (!isOurName(bare(request.getServerName()))) {
            throw new RefusedException(
                    421,
                    "Misdirected request: this server is not known by that Host; see the option http.allowedHosts");
        }
        String origin = request.getHeader("Origin");
        if (origin != null && !isAllowed(origin)) {
            throw new RefusedException(
                    HttpServletResponse.SC_FORBIDDEN,
                    "Pages of that Origin may not call this server; see the option http.allowedOrigins");
        }
    }

    private boolean isOurName(String host) {
        Set<String> allowed = options.allowedHosts();
        if (allowed.contains("*")
                || allowed.contains(host)
                || host.equals(options.address().host())) {
            return true;
        }
        if (LOOPBACK.contains(host)) {
            return loopback || options.address().isWildcard();
        }
        // Only a name can be made to resolve elsewhere: a page that came from an address literal is no rebinding.
        return options.address().isWildcard() && isLiteral(host);
    }

    private boolean isAllowed(String origin) {
        String host = host(origin);
        return isNamed(origin) || (loopback && host != null && LOOPBACK.contains(bare(host)));
    }

    private boolean isNamed(String origin) {
        return options.allowedOrigins().contains("*")
                || options.allowedOrigins().contains(origin);
    }

    /** A host as it is compared: in small letters, an IPv6 address without its brackets. */
    private static String bare(String host) {
        String small = host.toLowerCase(Locale.ROOT);
        return small.startsWith("[") && small.endsWith("]") ? small.substring(1, small.length() - 1) : small;
    }

    private static boolean isLiteral(String host) {
        return host.contains(":") || host.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    }

    private static @Nullable String host(String origin) {
        try {
            return new URI(origin).getHost();
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
