package io.unifiedmemory.http;

import io.unifiedmemory.access.AuthenticationException;
import io.unifiedmemory.access.Authenticator;
import io.unifiedmemory.access.Principal;
import java.util.List;
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
     */
    record Finding(@Nullable Principal principal, @Nullable AuthenticationException refusal) {}

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
            return new Finding(null, null);
        }
        try {
            String token = headers.get(0).substring(BEARER.length()).strip();
            return new Finding(authenticator.authenticate(token), null);
        } catch (AuthenticationException e) {
            return new Finding(null, e);
        }
    }
}
