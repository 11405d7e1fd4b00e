package io.unifiedmemory.access;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.SharedTokens;
import io.unifiedmemory.memory.util.Daemon;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes in a database when each token was last used, now and then and without delay for the caller. Thread-safe. */
final class SharedTokenUse {

    private static final Logger LOG = LoggerFactory.getLogger(SharedTokenUse.class);

    private final SharedTokens table;
    private final Clock clock;
    private final Map<String, Instant> noted = new ConcurrentHashMap<>();

    SharedTokenUse(SharedTokens table, Clock clock) {
        this.table = table;
        this.clock = clock;
    }

    void note(Token token) {
        Instant now = clock.instant();
        Instant last = noted.get(token.id());
        boolean due = last == null
                ? noted.putIfAbsent(token.id(), now) == null
                : Duration.between(last, now).abs().compareTo(TokenUse.BETWEEN_NOTES) >= 0
                        && noted.replace(token.id(), last, now);
        if (due) {
            Daemon.start("token-use", () -> write(token.id(), now));
        }
    }

    private void write(String id, Instant now) {
        try {
            table.noteUse(id, now.toEpochMilli());
        } catch (BackendException e) {
            LOG.debug("the use of token {} is not noted: {}", id, e.describe());
            noted.remove(id);
        }
    }
}
