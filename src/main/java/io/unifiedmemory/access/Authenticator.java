package io.unifiedmemory.access;

import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Finds out who bears a token. Thread-safe. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Tells who bears a token.
     *
     * @param token as it came, of any length and content
     * @throws AuthenticationException when it lets nobody in
     */
    Principal authenticate(String token);

    /** Accepts what the options say: tokens of the file, and access tokens of an issuer if one is configured. */
    static Authenticator of(AccessOptions options, Clock clock) {
        TokenAuthenticator tokens = new TokenAuthenticator(new TokenFile(options.tokenFile(), clock), clock).look();
        AccessOptions.Jwt jwt = options.jwt();
        @Nullable Authenticator issued = jwt == null ? null : new JwtAuthenticator(jwt, clock);
        return token ->
                issued == null || TokenSecret.isOne(token) ? tokens.authenticate(token) : issued.authenticate(token);
    }
}
