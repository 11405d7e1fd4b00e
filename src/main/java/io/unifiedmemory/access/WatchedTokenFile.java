package io.unifiedmemory.access;

import io.unifiedmemory.access.AuthenticationException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The tokens of a token file, as they are now. The file's attributes are checked for every call, and the file is read
 * again when it has changed, so that a revocation takes effect at once. A file that cannot be read grants no access.
 * Thread-safe.
 */
final class WatchedTokenFile implements Supplier<Map<String, Token>> {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedTokenFile.class);

    private static final String BASIC = "lastModifiedTime,size,fileKey";
    private static final String UNIX = "unix:" + BASIC + ",ctime,mode,uid,gid";

    private final Path file;
    private final Supplier<List<Token>> reader;
    private final String watched;
    private volatile @Nullable Snapshot last;

    /** @param reader reads the file; throws {@link TokensException} when it cannot */
    WatchedTokenFile(Path file, Supplier<List<Token>> reader) {
        this.file = file;
        this.reader = reader;
        boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
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
            @Nullable TokensException failure) {}

    /** Reads the file, so that faults in it are reported at the start. */
    WatchedTokenFile look() {
        try {
            current();
        } catch (AuthenticationException e) {
            LOG.error("no token is accepted: {}: {}", e.getMessage(), String.valueOf(e.getCause()));
        }
        return this;
    }

    @Override
    public Map<String, Token> get() {
        Snapshot current = current();
        if (current.failure != null) {
            throw new AuthenticationException(
                    Kind.UNAVAILABLE, "the server cannot read its tokens at present", current.failure);
        }
        return current.tokens;
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
            reader.get().forEach(token -> tokens.put(token.id(), token));
            tell(tokens, stamp.attributes != null);
            return new Snapshot(stamp, tokens, null);
        } catch (TokensException e) {
            LOG.error("no token is accepted: {}", e.getMessage());
            return new Snapshot(stamp, Map.of(), e);
        }
    }

    /** Logs what the operator should know, when it changes. */
    private void tell(Map<String, Token> tokens, boolean there) {
        Snapshot before = last;
        if (!tokens.isEmpty()) {
            boolean again = before != null && before.tokens.isEmpty();
            LOG.atLevel(again ? Level.WARN : Level.INFO).log("{} tokens in {}", tokens.size(), file);
        } else if (before == null ? there : before.failure != null || !before.tokens.isEmpty()) {
            LOG.warn(
                    "{} {}: no token of it lets anybody in; make one with token create",
                    file,
                    there ? "holds no token" : "is not there");
        }
    }

    private Stamp stamp() {
        try {
            return new Stamp(Files.readAttributes(file, watched));
        } catch (NoSuchFileException e) {
            return new Stamp(null);
        } catch (IOException e) {
            throw new AuthenticationException(Kind.UNAVAILABLE, "the server cannot read its tokens at present", e);
        }
    }
}
