package io.unifiedmemory.http.guard;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * What the server's own page sends, below {@link #API} alone: the token of its user in a cookie that no script can read,
 * and on every request a header that pages of other sites cannot send without being asked beforehand. The page and its
 * requests are of one origin, so nothing of this is for pages of {@code http.allowedOrigins}. Stateless.
 */
public final class PageRequests {

    /** Where the page asks; what is below it answers {@code POST} and {@code DELETE} only. */
    public static final String API = "/api";

    /** Where a user of the page signs in and out. */
    public static final String SESSION = API + "/session";

    /** The header that says that the page has sent it. */
    public static final String HEADER = "X-Unified-Memory";

    /** A browser keeps cookies by host: each port has one of its own, so that two servers do not sign each other out. */
    private static final String COOKIE = "unified-memory-";

    private PageRequests() {}

    /** The name of the cookie, of a server that the browser knows under this port. */
    public static String cookie(int port) {
        return COOKIE + port;
    }

    /** Whether a path, in its canonical form, is one at which the page asks. */
    static boolean isPath(String path) {
        return path.startsWith(API + "/");
    }

    /** The headers {@code Authorization} of a request, or what the page's cookie stands for. */
    static List<String> authorizations(Request request) {
        List<String> sent = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
        if (!sent.isEmpty() || !isPath(Request.getPathInContext(request))) {
            return sent;
        }
        String name = cookie(Request.getServerPort(request));
        return Request.getCookies(request).stream()
                .filter(cookie -> cookie.getName().equals(name))
                .map(HttpCookie::getValue)
                .map(token -> "Bearer " + token)
                .toList();
    }

    /** Refuses what the page itself would not send. */
    public static void requireOwnPage(HttpServletRequest request) throws RefusedException {
        String site = request.getHeader("Sec-Fetch-Site");
        String origin = request.getHeader("Origin");
        boolean own = request.getHeader(HEADER) != null
                && (site == null || site.equals("same-origin"))
                && (origin == null || isOwn(origin, request.getHeader("Host")));
        if (!own) {
            throw new RefusedException(
                    HttpServletResponse.SC_FORBIDDEN,
                    "Only the page of this server may ask here; programs speak MCP at " + McpPaths.STREAMABLE);
        }
    }

    /**
     * Whether an origin is that of the address under which the request has reached this server. The scheme does not count:
     * a proxy may have taken the encryption off.
     */
    static boolean isOwn(String origin, @Nullable String host) {
        int scheme = origin.indexOf("://");
        return host != null
                && scheme > 0
                && origin.substring(scheme + 3).toLowerCase(Locale.ROOT).equals(host.toLowerCase(Locale.ROOT));
    }
}
