package io.unifiedmemory.http;

import io.unifiedmemory.http.guard.Caller;
import io.unifiedmemory.http.guard.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The open sessions of one transport by their id. A session is there only for the caller that opened it, and ends when
 * nobody uses it. Thread-safe.
 *
 * @param <S> what a session is
 */
final class Sessions<S> {

    /** Far more than clients need. Without a bound, each handshake of a stranger would hold memory until it expires. */
    static final int MAX = 10_000;

    /** How many sessions one caller may have, so that others find room. */
    static final int MAX_PER_CALLER = 1_000;

    private final class Entry {
        private final S session;
        private final @Nullable Object owner;
        private volatile long usedNanos = nanoTime.getAsLong();

        Entry(S session, @Nullable Object owner) {
            this.session = session;
            this.owner = owner;
        }
    }

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    /**
     * @param nanoTime a clock that never goes back
     */
    Sessions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Throws when there are too many sessions to open one more, or too many of this caller. */
    void requireRoom(HttpServletRequest request) throws RefusedException {
        Object caller = Caller.of(request);
        if (caller != null
                && entries.values().stream()
                                .filter(entry -> caller.equals(entry.owner))
                                .count()
                        >= MAX_PER_CALLER) {
            throw new RefusedException(429, "Too many sessions of this token are open: end one, or try again later");
        }
        if (entries.size() >= MAX) {
            throw new RefusedException(503, "Too many sessions are open: end one, or try again later");
        }
    }

    /** Adds a session of the caller that sent the request. */
    void add(String id, S session, HttpServletRequest request) {
        entries.put(id, new Entry(session, Caller.of(request)));
    }

    /** The caller's session of this id; refuses one that has ended, never was, or is another caller's. */
    S find(String id, HttpServletRequest request) throws RefusedException {
        Entry entry = entries.get(id);
        if (entry == null || !Objects.equals(entry.owner, Caller.of(request))) {
            throw new RefusedException(404, "Session not found: it has ended; send initialize to open another");
        }
        entry.usedNanos = nanoTime.getAsLong();
        return entry.session;
    }

    void remove(String id) {
        entries.remove(id);
    }

    /** Removes and returns the sessions that were unused for this long; a busy session counts as used now. */
    List<S> expire(Duration idle, Predicate<S> isBusy) {
        long now = nanoTime.getAsLong();
        return entries.entrySet().stream()
                .filter(item -> {
                    Entry entry = item.getValue();
                    if (isBusy.test(entry.session)) {
                        entry.usedNanos = now;
                    }
                    return now - entry.usedNanos >= idle.toNanos() && entries.remove(item.getKey(), entry);
                })
                .map(item -> item.getValue().session)
                .toList();
    }

    /** Every session at this moment. */
    List<S> all() {
        return entries.values().stream().map(entry -> entry.session).toList();
    }

    int size() {
        return entries.size();
    }
}
