package io.unifiedmemory.access;

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
}
