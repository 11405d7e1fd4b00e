package io.unifiedmemory.access;

import io.unifiedmemory.access.AuthenticationException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Verifies tokens of the token file. The file's attributes are checked for every token, and the file is read again when
 * it has changed, so that a revocation takes effect at once. A file that cannot be read grants no access. Thread-safe.
 */
final class TokenAuthenticator implements Authenticator {

    private static final Logger LOG = LoggerFactory.getLogger(TokenAuthenticator.class);

    /** One message for all reasons: a guesser must not learn how close a guess was. */
    private static final String REFUSED = "the token is unknown, revoked or expired";

    private static final String BASIC = "lastModifiedTime,size,fileKey";
    private static final String UNIX = "unix:" + BASIC + ",ctime,mode,uid,gid";

    private final TokenFile file;
    private final Clock clock;
    private final TokenUse use;
    private final String watched;
    private volatile @Nullable Snapshot last;

    TokenAuthenticator(TokenFile file, Clock clock) {
        this.file = file;
        this.clock = clock;
        this.use = file.use();
        boolean unix = file.path().getFileSystem().supportedFileAttributeViews().contains("unix");
        watched = unix ? UNIX : BASIC;
    }

    /**
     * Distinguishes states of the file as far as that is possible without reading it: its content, and on Unix its
     * owner and permissions, which decide whether the file can be trusted.
     *
     * @param attributes null when there is no file
     */
    private record Stamp(@Nullable Map<String, Object> attributes) {}

    /**
     * @param tokens by id
     * @param failure why the file could not be read; null when it could
     */
    private record Snapshot(
            Stamp stamp,
            Map<String, Token> tokens,
            @Nullable TokenFileException failure) {}

    /** Reads the file, so that faults in it are reported at the start. */
    TokenAuthenticator look() {
        try {
            current();
        } catch (AuthenticationException e) {
            LOG.error("no token is accepted: {}: {}", e.getMessage(), String.valueOf(e.getCause()));
        }
        return this;
    }

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
            // The comparison takes constant time, so that its duration tells nothing about the hash of a forged secret.
            boolean genuine = token != null && MessageDigest.isEqual(token.hashBytes(), shown.hash());
            if (token != null && genuine && !token.isExpired(clock.instant())) {
                use.note(token);
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

    /** Reads the file. The stamp was taken before: a change in between leads to one more reading. */
    private Snapshot read(Stamp stamp) {
        Map<String, Token> tokens = new HashMap<>();
        try {
            file.tokens().forEach(token -> tokens.put(token.id(), token));
            tell(tokens, stamp.attributes != null);
            return new Snapshot(stamp, tokens, null);
        } catch (TokenFileException e) {
            LOG.error("no token is accepted: {}", e.getMessage());
            return new Snapshot(stamp, Map.of(), e);
        }
    }

    /** Logs what the operator should know, when it changes. */
    private void tell(Map<String, Token> tokens, boolean there) {
        Snapshot before = last;
        if (!tokens.isEmpty()) {
            boolean again = before != null && before.tokens.isEmpty();
            LOG.atLevel(again ? Level.WARN : Level.INFO).log("{} tokens in {}", tokens.size(), file.path());
        } else if (before == null ? there : before.failure != null || !before.tokens.isEmpty()) {
            LOG.warn(
                    "{} {}: no token of it lets anybody in; make one with token create",
                    file.path(),
                    there ? "holds no token" : "is not there");
        }
    }

    private Stamp stamp() {
        try {
            return new Stamp(Files.readAttributes(file.path(), watched));
        } catch (NoSuchFileException e) {
            return new Stamp(null);
        } catch (IOException e) {
            throw new AuthenticationException(Kind.UNAVAILABLE, "the server cannot read its tokens at present", e);
        }
    }
}
