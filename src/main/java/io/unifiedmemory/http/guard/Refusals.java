package io.unifiedmemory.http.guard;

import io.unifiedmemory.access.AuthenticationException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts every token that was refused and logs one now and then, because anybody can send them. Thread-safe. */
final class Refusals {

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

    /** A reason is cut, because it may quote claims of the token. */
    private static final int MAX_REASON_CHARS = 200;

    private final LongSupplier nanoTime;
    private final Consumer<String> counter;
    private boolean logged;
    private long loggedNanos;
    private long silent;

    /**
     * @param nanoTime a clock like {@link System#nanoTime}
     * @param counter is told of each refusal, in one word why
     */
    Refusals(LongSupplier nanoTime, Consumer<String> counter) {
        this.nanoTime = nanoTime;
        this.counter = counter;
    }

    /** Notes that the token of this request was refused; the token itself is not logged. */
    void note(AuthenticationException refusal, HttpServletRequest request) {
        counter.accept(refusal.kind().name().toLowerCase(Locale.ROOT));
        long before = before();
        if (before >= 0) {
            String reason = String.valueOf(refusal.getMessage());
            LOG.warn(
                    "refused a token from {}: {}{}",
                    request.getRemoteAddr(),
                    reason.length() > MAX_REASON_CHARS ? reason.substring(0, MAX_REASON_CHARS) + "..." : reason,
                    before == 0 ? "" : "; " + before + " more since the last such line");
        }
    }

    /** How many refusals went unlogged since the last line; negative when this one is not to be logged either. */
    private synchronized long before() {
        long now = nanoTime.getAsLong();
        if (logged && now - loggedNanos < BETWEEN_LINES.toNanos()) {
            silent++;
            return -1;
        }
        logged = true;
        loggedNanos = now;
        long before = silent;
        silent = 0;
        return before;
    }
}
