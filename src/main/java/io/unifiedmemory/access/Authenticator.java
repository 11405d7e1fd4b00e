package io.unifiedmemory.access;

import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Identifies the bearer of a token. Thread-safe. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Identifies the bearer of a token.
     *
     * @param token the token as received, of any length and content
     * @throws AuthenticationException when the token is not accepted
     */
    Principal authenticate(String token);

    /** Accepts what the options allow: tokens of the file, and access tokens of an issuer if one is configured. */
    static Authenticator of(AccessOptions options, Clock clock) {
        TokenAuthenticator tokens = new TokenAuthenticator(new TokenFile(options.tokenFile(), clock), clock).look();
        AccessOptions.Jwt jwt = options.jwt();
        @Nullable Authenticator issued = jwt == null ? null : new JwtAuthenticator(jwt, clock);
        return token ->
                issued == null || TokenSecret.isOne(token) ? tokens.authenticate(token) : issued.authenticate(token);
    }
}
