package io.unifiedmemory.access;

import io.unifiedmemory.access.AuthenticationException.Kind;
import io.unifiedmemory.memory.BackendException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of a database, as they were at most a second ago: a revocation takes effect everywhere within that and the
 * time that one look takes. While the database does not answer, what was read last counts for half a minute, so that a
 * failover refuses nobody; then nobody is let in. Thread-safe.
 */
final class CachedTokens implements Supplier<Map<String, Token>> {

    /** How long what was read counts without another look. */
    static final Duration FRESH = Duration.ofSeconds(1);

    /** How long it counts when the database does not answer. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(CachedTokens.class);

    private final Supplier<List<Token>> database;
    private final LongSupplier nanoTime;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Snapshot last;
    private volatile @Nullable Failure failure;

    CachedTokens(Supplier<List<Token>> database, LongSupplier nanoTime) {
        this.database = database;
        this.nanoTime = nanoTime;
    }

    /** @param at when the reading began */
    private record Snapshot(Map<String, Token> tokens, long at) {}

    private record Failure(BackendException cause, long at) {}

    @Override
    public Map<String, Token> get() {
        Snapshot known = usable(FRESH);
        if (known == null) {
            // One looks; the others go on with what is known, if they may.
            if (usable(LONGEST) == null) {
                reading.lock();
            } else if (!reading.tryLock()) {
                return tokens();
            }
            try {
                if (usable(FRESH) == null && !failedJustNow()) {
                    look();
                }
            } finally {
                reading.unlock();
            }
        }
        return tokens();
    }

    private Map<String, Token> tokens() {
        Snapshot known = usable(LONGEST);
        if (known == null) {
            Failure why = failure;
            throw new AuthenticationException(
                    Kind.UNAVAILABLE, "the server cannot read its tokens at present", why == null ? null : why.cause());
        }
        return known.tokens;
    }

    private @Nullable Snapshot usable(Duration age) {
        Snapshot known = last;
        return known != null && isWithin(known.at, age) ? known : null;
    }

    private boolean failedJustNow() {
        Failure known = failure;
        return known != null && isWithin(known.at, FRESH);
    }

    private boolean isWithin(long at, Duration age) {
        return nanoTime.getAsLong() - at < age.toNanos();
    }

    private void look() {
        long start = nanoTime.getAsLong();
        try {
            Map<String, Token> tokens = new HashMap<>();
            database.get().forEach(token -> tokens.put(token.id(), token));
            last = new Snapshot(Map.copyOf(tokens), start);
            if (failure != null) {
                LOG.info("the tokens can be read again");
            }
            failure = null;
        } catch (BackendException e) {
            if (failure == null) {
                LOG.warn(
                        "the tokens cannot be read, those known count for {} s: {}", LONGEST.toSeconds(), e.describe());
            }
            failure = new Failure(e, nanoTime.getAsLong());
        }
    }
}
