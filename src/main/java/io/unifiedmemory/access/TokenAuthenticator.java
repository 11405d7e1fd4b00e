package io.unifiedmemory.access;

import io.unifiedmemory.access.AuthenticationException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the bearers of the token file's tokens. The file is looked at for every token and read again when it has changed,
 * so that a token ends with its revocation. A file that cannot be read lets nobody in. Thread-safe.
 */
final class TokenAuthenticator implements Authenticator {

    private static final Logger LOG = LoggerFactory.getLogger(TokenAuthenticator.class);

    /** One text for all reasons: who guesses shall not learn how close a guess was. */
    private static final String REFUSED = "the token is unknown, revoked or expired";

    private final TokenFile file;
    private final Clock clock;
    private volatile @Nullable Snapshot last;

    TokenAuthenticator(TokenFile file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /** What tells one content of the file from another, as far as that goes without reading it. */
    private record Stamp(
            @Nullable FileTime modified,
            long size,
            @Nullable Object fileKey) {}

    /**
     * @param tokens by id
     * @param failure why the file could not be read; null when it could
     */
    private record Snapshot(
            Stamp stamp,
            Map<String, Token> tokens,
            @Nullable TokenFileException failure) {}

    @Override
    public Principal authenticate(String text) {
        Snapshot current = current();
        if (current.failure != null) {
            throw new AuthenticationException(
                    Kind.UNAVAILABLE, "the server cannot read its tokens at present", current.failure);
        }
        if (TokenSecret.isOne(text)) {
            TokenSecret shown = TokenSecret.parse(text);
            Token token = current.tokens.get(shown.id());
            // In constant time, so that the time tells nothing of how much of a forged secret's hash was right.
            boolean genuine = token != null && MessageDigest.isEqual(token.hashBytes(), shown.hash());
            if (token != null && genuine && !token.isExpired(clock.instant())) {
                return token.principal();
            }
        }
        throw new AuthenticationException(Kind.INVALID, REFUSED);
    }

    private Snapshot current() {
        Snapshot known = last;
        Stamp stamp = stamp();
        if (known == null || !known.stamp.equals(stamp)) {
            known = read(stamp);
            last = known;
        }
        return known;
    }

    /** The stamp was taken before: a change in between leads to one more reading. */
    private Snapshot read(Stamp stamp) {
        Map<String, Token> tokens = new HashMap<>();
        try {
            file.tokens().forEach(token -> tokens.put(token.id(), token));
            LOG.info("{} tokens in {}", tokens.size(), file.path());
            return new Snapshot(stamp, tokens, null);
        } catch (TokenFileException e) {
            LOG.error("nobody is let in by a token: {}", e.getMessage());
            return new Snapshot(stamp, Map.of(), e);
        }
    }

    private Stamp stamp() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file.path(), BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (NoSuchFileException e) {
            return new Stamp(null, -1, null);
        } catch (IOException e) {
            throw new AuthenticationException(Kind.UNAVAILABLE, "the server cannot read its tokens at present", e);
        }
    }
}
