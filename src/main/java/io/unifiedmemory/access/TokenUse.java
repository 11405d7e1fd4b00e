package io.unifiedmemory.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records when each token was last used, as the modification time of an empty file with the token's id as its name, in
 * a folder beside the token file. So the token file stays unchanged, and several servers can note the same token at
 * once. Thread-safe.
 */
public final class TokenUse {

    private static final Logger LOG = LoggerFactory.getLogger(TokenUse.class);

    /** The least time between two notes of the same token. */
    static final Duration BETWEEN_NOTES = Duration.ofMinutes(5);

    /** The form of ids that this program makes; the file may have been written by hand. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{1,64}");

    private final Path folder;
    private final Clock clock;
    private final Map<String, Instant> noted = new ConcurrentHashMap<>();
    private volatile boolean failed;

    TokenUse(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** Notes that the token was used now. Never throws: a use that cannot be noted is no reason to refuse the token. */
    void note(Token token) {
        Instant now = clock.instant();
        Instant last = noted.get(token.id());
        boolean due = last == null || Duration.between(last, now).abs().compareTo(BETWEEN_NOTES) >= 0;
        if (due && ID.matcher(token.id()).matches()) {
            noted.put(token.id(), now);
            try {
                touch(folder.resolve(token.id()), now);
                failed = false;
            } catch (IOException e) {
                if (!failed) {
                    failed = true;
                    LOG.warn("when tokens are used cannot be noted in {}: {}", folder, e.toString());
                }
            }
        }
    }

    private void touch(Path file, Instant now) throws IOException {
        Files.createDirectories(folder);
        Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                .close();
        Files.setLastModifiedTime(file, FileTime.from(now));
    }

    /** When the token was last used, to some minutes; null when no use is known. */
    public @Nullable Instant last(Token token) throws IOException {
        if (!ID.matcher(token.id()).matches()) {
            return null;
        }
        try {
            return Files.getLastModifiedTime(folder.resolve(token.id())).toInstant();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Removes the record of a token that was revoked. Never throws: what stays is an empty file. */
    void forget(Token token) {
        if (ID.matcher(token.id()).matches()) {
            try {
                Files.deleteIfExists(folder.resolve(token.id()));
            } catch (IOException e) {
                LOG.warn("the note of the last use of {} could not be removed: {}", token, e.toString());
            }
        }
    }
}
