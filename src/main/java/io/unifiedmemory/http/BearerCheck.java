package io.unifiedmemory.http;

import io.unifiedmemory.access.AuthenticationException;
import io.unifiedmemory.access.Authenticator;
import io.unifiedmemory.access.Principal;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by its headers who sent a request (RFC 6750, in the header only), before any of its body is kept, and notes
 * it for {@link AuthenticationFilter}. Thread-safe.
 */
final class BearerCheck {

    /** The request attribute with the {@link Finding}. */
    static final String FINDING = BearerCheck.class.getName();

    private static final String BEARER = "Bearer ";

    /**
     * What the headers say; without either there was no token, or more than one.
     *
     * @param principal whose token it is
     * @param refusal what is wrong with the token
     * @param stays whether that principal would still be let in; asked later, of what lasts longer than a request
     */
    record Finding(@Nullable Principal principal, @Nullable AuthenticationException refusal, BooleanSupplier stays) {

        private static final Finding NONE = new Finding(null, null, () -> true);

        static Finding refused(@Nullable AuthenticationException refusal) {
            return new Finding(null, refusal, () -> false);
        }

        /** What was noted of a request, before or behind the servlet container; nobody where tokens mean nothing. */
        static Finding of(Function<String, @Nullable Object> attributes) {
            return attributes.apply(FINDING) instanceof Finding finding ? finding : NONE;
        }

        /** For whom what the request takes is counted; null when callers are not told apart. */
        @Nullable
        String owner() {
            return principal == null ? null : principal.id();
        }
    }

    private final Authenticator authenticator;

    BearerCheck(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /** Whether somebody known sent the request. */
    boolean knows(Request request) {
        Finding finding = find(request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION));
        request.setAttribute(FINDING, finding);
        return finding.principal() != null;
    }

    private Finding find(List<String> headers) {
        if (headers.size() != 1 || !headers.get(0).regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Finding.refused(null);
        }
        try {
            String token = headers.get(0).substring(BEARER.length()).strip();
            Principal principal = authenticator.authenticate(token);
            return new Finding(principal, null, () -> stays(token, principal));
        } catch (AuthenticationException e) {
            return Finding.refused(e);
        }
    }

    /** One whose token cannot be checked at present stays: every request of its own is refused meanwhile. */
    private boolean stays(String token, Principal principal) {
        try {
            return authenticator.authenticate(token).equals(principal);
        } catch (AuthenticationException e) {
            return e.kind() == AuthenticationException.Kind.UNAVAILABLE;
        }
    }
}
