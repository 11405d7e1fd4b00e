package io.unifiedmemory.http.guard;

import io.unifiedmemory.access.AuthenticationException;
import io.unifiedmemory.access.Authenticator;
import io.unifiedmemory.access.Principal;
import java.util.List;

/** Finds out whose token a request carries (RFC 6750, in the header only). Thread-safe. */
final class BearerCheck {

    private static final String BEARER = "Bearer ";

    private static final Sender UNNAMED = new Sender.Unnamed();

    private final Authenticator authenticator;

    BearerCheck(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /** Who sent the request with these headers {@code Authorization}. */
    Sender sender(List<String> authorizations) {
        if (authorizations.size() != 1 || !authorizations.get(0).regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return UNNAMED;
        }
        try {
            String token = authorizations.get(0).substring(BEARER.length()).strip();
            Principal principal = authenticator.authenticate(token);
            return new Sender.Known(principal, () -> stays(token, principal));
        } catch (AuthenticationException e) {
            return new Sender.Refused(e);
        }
    }

    /** A caller whose token cannot be checked at present stays: each of its new requests is refused meanwhile. */
    private boolean stays(String token, Principal principal) {
        try {
            return authenticator.authenticate(token).equals(principal);
        } catch (AuthenticationException e) {
            return e.kind() == AuthenticationException.Kind.UNAVAILABLE;
        }
    }
}
