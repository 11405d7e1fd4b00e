package io.unifiedmemory.access;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in over the network, and how much one of them may ask for.
 *
 * @param tokenFile where tokens are kept; need not exist
 * @param required whether a token is asked for even if there is neither a file nor an issuer: somebody has said so, or
 *     named the file
 * @param resource the address under which clients reach the MCP endpoint; null to take it from each request
 * @param jwt access tokens of an authorization server; null when none are accepted
 * @param callsPerSecond how many requests per second one principal may make in the long run; 0 for any number
 * @param concurrentCalls how many of them may be under way at once; 0 for any number
 * @param openStreams how many streams of events one principal may hold open; 0 for any number
 */
public record AccessOptions(
        Path tokenFile,
        boolean required,
        @Nullable URI resource,
        @Nullable Jwt jwt,
        int callsPerSecond,
        int concurrentCalls,
        int openStreams) {

    /**
     * Access tokens as an OAuth 2.1 authorization server issues them: JSON Web Tokens (RFC 9068).
     *
     * @param issuer the exact {@code iss}
     * @param audiences one of these must be among {@code aud}
     * @param keys where the issuer's public keys are, as a JSON Web Key Set
     * @param algorithms the signature algorithms that are accepted, all of them asymmetric
     * @param userClaim the claim that holds the user id, or an array of them
     * @param maxUserIdChars the longest user id, in characters
     * @param readScope the scope that lets read
     * @param writeScope the scope that lets read and write
     * @param allUsersScope the scope that lifts the bound to the user claim; null when none does
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

    /**
     * Whether callers must show a token. A token file is one wish for that, even when all in it are revoked, and when it
     * cannot be told whether there is one.
     */
    public boolean authenticates() {
        return required || jwt != null || !Files.notExists(tokenFile, LinkOption.NOFOLLOW_LINKS);
    }
}
