package io.unifiedmemory.http.guard;

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
 * Lets in only requests that were meant for this server: a web page whose own name was made to resolve to this address
 * (DNS rebinding) sends a foreign {@code Host} and {@code Origin}. Immutable.
 */
@SuppressWarnings("serial") // A filter is never serialized.
public final class RequestGuard extends HttpFilter {

    /** The names of this machine that no other machine can use. */
    public static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    private static final String PAGES_SEND = String.join(
            ", ",
            "Authorization",
            "Accept",
            "Content-Type",
            HttpHeaders.MCP_SESSION_ID,
            HttpHeaders.PROTOCOL_VERSION,
            HttpHeaders.LAST_EVENT_ID,
            "Mcp-Method",
            "Mcp-Name");

    /** From where the address that the server listens on can be reached. */
    public enum Reach {
        /** Only from this machine. */
        LOOPBACK,
        /** From the network, at one address of this machine. */
        ONE_ADDRESS,
        /** From the network, at every address of this machine. */
        EVERY_ADDRESS
    }

    private final String host;
    private final Reach reach;
    private final Set<String> allowedHosts;
    private final Set<String> allowedOrigins;

    /**
     * @param host that the server listens on, a name or an address
     * @param allowedHosts further names under which clients may reach the server; {@code *} is any
     * @param allowedOrigins web origins whose pages may call; {@code *} is any
     */
    public RequestGuard(String host, Reach reach, Set<String> allowedHosts, Set<String> allowedOrigins) {
        this.host = host;
        this.reach = reach;
        this.allowedHosts = allowedHosts;
        this.allowedOrigins = allowedOrigins;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            check(request);
        } catch (RefusedException e) {
            e.answer(response);
            return;
        }
        if (!isPreflight(request, response)) {
            chain.doFilter(request, response);
        }
    }

    /**
     * Tells a browser that pages of an allowed origin may call (the CORS protocol of the Fetch standard), and answers
     * the question that it asks beforehand, which carries no token.
     *
     * @return whether the request was that question, which is answered now
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
        if (origin != null && !isAllowed(origin) && !isOwnPage(origin, request)) {
            throw new RefusedException(
                    HttpServletResponse.SC_FORBIDDEN,
                    "Pages of that Origin may not call this server; see the option http.allowedOrigins");
        }
    }

    /** Whether the server's own page asks where only that may: under the name of this server, which was checked. */
    private static boolean isOwnPage(String origin, HttpServletRequest request) {
        return PageRequests.isPath(request.getServletPath() + "/")
                && PageRequests.isOwn(origin, request.getHeader("Host"));
    }

    private boolean isOurName(String name) {
        if (allowedHosts.contains("*") || allowedHosts.contains(name) || name.equals(host)) {
            return true;
        }
        if (LOOPBACK.contains(name)) {
            return reach != Reach.ONE_ADDRESS;
        }
        // Only a name can be made to resolve elsewhere: a page that came from an address literal is no rebinding.
        return reach == Reach.EVERY_ADDRESS && isLiteral(name);
    }

    private boolean isAllowed(String origin) {
        String from = host(origin);
        return isNamed(origin) || (reach == Reach.LOOPBACK && from != null && LOOPBACK.contains(bare(from)));
    }

    private boolean isNamed(String origin) {
        return allowedOrigins.contains("*") || allowedOrigins.contains(origin);
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
