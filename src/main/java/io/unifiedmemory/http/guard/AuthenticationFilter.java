package io.unifiedmemory.http.guard;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.AuthenticationException;
import io.unifiedmemory.access.Principal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets in a {@link Sender.Known known sender} and notes who that is, see {@link Caller}; refuses all others. Every
 * request is checked anew, so that a session does not outlive its token. A token is not written anywhere and not passed
 * on.
 */
@SuppressWarnings("serial") // A filter is never serialized.
final class AuthenticationFilter extends HttpFilter {

    /** The paths that show callers only the users whom they may see. All others are about the server as a whole. */
    private static final Set<String> FOR_USERS =
            Set.of(McpPaths.STREAMABLE, McpPaths.SSE, McpPaths.SSE_MESSAGES, PageRequests.API, PageRequests.SESSION);

    private static final int RETRY_SECONDS = 5;

    private final AccessOptions options;
    private final Set<String> open;
    private final Refusals refusals;

    /**
     * Makes the filter.
     *
     * @param open the paths of servlets that answer everybody, as they were added, without a {@code /*} at the end
     */
    AuthenticationFilter(AccessOptions options, Set<String> open, Refusals refusals) {
        this.refusals = refusals;
        this.options = options;
        this.open = Set.copyOf(open);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // The path by which the container has chosen the servlet: whatever tricks the address plays, it is the same
        // here.
        String path = request.getServletPath();
        if (!open.contains(path)) {
            Principal principal = authenticated(request, response);
            if (principal == null) {
                return;
            }
            if (principal.isRestricted() && !FOR_USERS.contains(path)) {
                JsonReply.refuse(response, HttpServletResponse.SC_FORBIDDEN, "This needs a token for all users");
                return;
            }
            request.setAttribute(Caller.ATTRIBUTE, principal);
        }
        chain.doFilter(request, response);
    }

    /** The caller; null when the request has been refused. */
    private @Nullable Principal authenticated(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Sender sender = Sender.of(request::getAttribute);
        if (sender instanceof Sender.Known known) {
            return known.principal();
        }
        if (sender instanceof Sender.Refused refused) {
            refuse(refused.reason(), request, response);
        } else {
            challenge(request, response, null, "");
            JsonReply.refuse(
                    response,
                    HttpServletResponse.SC_UNAUTHORIZED,
                    "A token is needed: send the header \"Authorization: Bearer TOKEN\", once");
        }
        return null;
    }

    private void refuse(AuthenticationException refusal, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        refusals.note(refusal, request);
        String message = String.valueOf(refusal.getMessage());
        switch (refusal.kind()) {
            case INVALID -> {
                challenge(request, response, "invalid_token", message);
                JsonReply.refuse(response, HttpServletResponse.SC_UNAUTHORIZED, message);
            }
            case INSUFFICIENT -> {
                challenge(request, response, "insufficient_scope", message);
                JsonReply.refuse(response, HttpServletResponse.SC_FORBIDDEN, message);
            }
            case UNAVAILABLE -> {
                response.setIntHeader("Retry-After", RETRY_SECONDS);
                JsonReply.refuse(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, message);
            }
        }
    }

    /** RFC 6750 section 3, with what RFC 9728 section 5.1 and the MCP specification add for OAuth clients. */
    private void challenge(
            HttpServletRequest request, HttpServletResponse response, @Nullable String error, String description) {
        List<String> parameters = new ArrayList<>(List.of("realm=\"unified-memory\""));
        AccessOptions.Jwt jwt = options.jwt();
        if (jwt != null) {
            parameters.add("resource_metadata=\"" + ProtectedResourceMetadata.address(request, options) + "\"");
            parameters.add("scope=\"" + jwt.readScope() + " " + jwt.writeScope() + "\"");
        }
        if (error != null) {
            parameters.add("error=\"" + error + "\"");
            parameters.add("error_description=\"" + quotable(description) + "\"");
        }
        response.setHeader("WWW-Authenticate", "Bearer " + String.join(", ", parameters));
    }

    /** What may stand between quotes in a header; a description may quote claims, which are anybody's words. */
    private static String quotable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "'");
    }
}
