package io.unifiedmemory.access;

import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the server over the network, and how much.
 *
 * @param tokenFile the file in which tokens are kept, which need not exist; null when they are in the database
 * @param required whether a token is required even while there are none and there is no issuer, because the
 *     configuration says so or names the file
 * @param resource the address under which clients reach the MCP endpoint; null to take it from each request
 * @param jwt access tokens of an authorization server; null when none are accepted
 * @param callsPerSecond how many requests per second one principal may make in the long run; 0 for any number
 * @param concurrentCalls how many requests of one principal may be in progress at once; 0 for any number
 * @param openStreams how many event streams one principal may hold open; 0 for any number
 */
public record AccessOptions(
        @Nullable Path tokenFile,
        boolean required,
        @Nullable URI resource,
        @Nullable Jwt jwt,
        int callsPerSecond,
        int concurrentCalls,
        int openStreams) {

    /**
     * Access tokens of an OAuth 2.1 authorization server: JSON Web Tokens (RFC 9068).
     *
     * @param issuer the exact {@code iss}
     * @param audiences one of these must be among {@code aud}
     * @param keys where the issuer's public keys are, as a JSON Web Key Set
     * @param algorithms the accepted signature algorithms, all of them asymmetric
     * @param userClaim the claim that holds the user id, or an array of them
     * @param maxUserIdChars the longest user id, in characters
     * @param readScope the scope that grants read access
     * @param writeScope the scope that grants read and write access
     * @param allUsersScope the scope that grants access to the memories of all users; null when no scope does
     */
    public record Jwt(
            String issuer,
            Set<String> audiences,
            URI keys,
            Set<String> algorithms,
            String userClaim,
            int maxUserIdChars,
            String readScope,
            String writeScope,
            @Nullable String allUsersScope) {}

    /** Whether callers must show a token whatever tokens there are. */
    public boolean authenticates() {
        return required || jwt != null;
    }

    /** Whether callers must show a token: there being some implies it. */
    public boolean authenticates(Tokens tokens) {
        return authenticates() || tokens.exist();
    }
}
