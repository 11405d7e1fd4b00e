package io.unifiedmemory.access;

import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Makes what verifies tokens. */
public final class Authenticators {

    private Authenticators() {}

    /** Accepts what the options allow: tokens that are kept, and access tokens of an issuer if one is configured. */
    public static Authenticator of(AccessOptions options, Tokens kept, Clock clock) {
        Authenticator tokens = kept.authenticator();
        AccessOptions.Jwt jwt = options.jwt();
        @Nullable Authenticator issued = jwt == null ? null : new JwtAuthenticator(jwt, clock);
        return token ->
                issued == null || TokenSecret.isOne(token) ? tokens.authenticate(token) : issued.authenticate(token);
    }
}
