package io.unifiedmemory.access;

import io.unifiedmemory.access.AuthenticationException.Kind;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Verifies tokens that this program made, against those that are kept. Thread-safe. */
final class TokenAuthenticator implements Authenticator {

    /** One message for all reasons: a guesser must not learn how close a guess was. */
    private static final String REFUSED = "the token is unknown, revoked or expired";

    private final Supplier<Map<String, Token>> kept;
    private final Consumer<Token> used;
    private final Clock clock;

    /**
     * @param kept the tokens by their ids, as they are now; throws {@link AuthenticationException} when they cannot be
     *     read
     * @param used hears of each token that was accepted
     */
    TokenAuthenticator(Supplier<Map<String, Token>> kept, Consumer<Token> used, Clock clock) {
        this.kept = kept;
        this.used = used;
        this.clock = clock;
    }

    @Override
    public Principal authenticate(String text) {
        Map<String, Token> current = kept.get();
        if (TokenSecret.isOne(text)) {
            TokenSecret shown = TokenSecret.parse(text);
            Token token = current.get(shown.id());
            // The comparison takes constant time, so that its duration tells nothing about the hash of a forged secret.
            boolean genuine = token != null && MessageDigest.isEqual(token.hashBytes(), shown.hash());
            if (token != null && genuine && !token.isExpired(clock.instant())) {
                used.accept(token);
                return token.principal();
            }
        }
        throw new AuthenticationException(Kind.INVALID, REFUSED);
    }
}
