package io.unifiedmemory.http;

import io.unifiedmemory.http.guard.PageRequests;
import io.unifiedmemory.http.guard.RefusedException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.function.UnaryOperator;

/**
 * Signs a user of the page in: a token that comes once in the header {@code Authorization}, and has been let in by the
 * time it gets here, is kept by the browser where no script can read it, until the browser ends. {@code DELETE} signs out.
 */
@SuppressWarnings("serial") // A servlet is never serialized.
final class PageSession extends Endpoint {

    private static final String BEARER = "Bearer ";

    private final UnaryOperator<String> kept;

    /** @param kept what is kept for a token that was let in */
    PageSession(UnaryOperator<String> kept) {
        this.kept = kept;
    }

    @Override
    void handle(HttpServletRequest request, HttpServletResponse response) throws RefusedException {
        PageRequests.requireOwnPage(request);
        switch (request.getMethod()) {
            case "POST" -> {
                String sent = request.getHeader("Authorization");
                if (sent == null || !sent.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                    throw new RefusedException(HttpServletResponse.SC_BAD_REQUEST, "There is no token to keep");
                }
                set(
                        request,
                        response,
                        kept.apply(sent.substring(BEARER.length()).strip()),
                        -1);
            }
            case "DELETE" -> set(request, response, "", 0);
            default -> throw notAllowed(response, "POST, DELETE");
        }
        response.setHeader("Cache-Control", "no-store");
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    private static void set(HttpServletRequest request, HttpServletResponse response, String value, int seconds) {
        Cookie cookie = new Cookie(PageRequests.cookie(request.getServerPort()), value);
        cookie.setPath(PageRequests.API);
        cookie.setHttpOnly(true);
        cookie.setAttribute("SameSite", "Strict");
        cookie.setSecure(request.isSecure());
        cookie.setMaxAge(seconds);
        response.addCookie(cookie);
    }
}
