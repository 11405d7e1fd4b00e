package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Owed;
import io.unifiedmemory.memory.Version;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first step of a write: its version is decided, and one transaction of the database file makes it and notes what it
 * owes to every other backend. Thread-safe.
 */
final class LocalCommit {

    private static final Logger LOG = LoggerFactory.getLogger(LocalCommit.class);

    /** How often a write is stamped anew because a newer one is in its way. Two writers need a few at most. */
    private static final int MAX_STAMPS = 16;

    /** How much longer than our own try takes the relay keeps off. */
    private static final Duration HEAD_START = Duration.ofSeconds(1);

    private final Backends backends;
    private final boolean waits;

    /** @param waits whether the other backends are asked by us before the relay does it */
    LocalCommit(Backends backends, boolean waits) {
        this.backends = backends;
        this.waits = waits;
    }

    /**
     * What the database did.
     *
     * @param write as it was made, in the version that took effect
     * @param answer of the local database; null when that keeps no memories, or failed
     * @param failure why neither the write nor what it owes is on disk; null when both are
     */
    record Committed<R>(
            Write<R> write, @Nullable R answer, @Nullable BackendException failure) {}

    /**
     * Makes a new write, which must win, also over one that a faster clock or another process stamped: while something
     * newer is in its way it is stamped again, behind that.
     *
     * @param behind a version that it has to outdo in any case
     */
    <R> Committed<R> makeNew(Write<R> draft, Version behind) {
        Version newest = backends.local().isPresent() ? behind : newer(behind, newestOwed());
        Write<R> write = draft.in(backends.versions().after(newest));
        for (int stamps = 1; ; stamps++) {
            Committed<R> committed = make(write);
            R answer = committed.answer;
            Version obstacle = answer == null ? Version.NONE : write.obstacle(answer);
            if (obstacle.equals(Version.NONE)) {
                return committed;
            }
            if (stamps == MAX_STAMPS) {
                BackendException busy = new BackendException(
                        BackendException.Kind.OVERLOADED,
                        "other writers replaced this memory " + stamps + " times while it was being written",
                        "try again");
                return new Committed<>(write, null, busy);
            }
            write = write.in(backends.versions().after(obstacle));
        }
    }

    /** Makes a write in the version that it has. */
    <R> Committed<R> make(Write<R> write) {
        Slot local = backends.local().orElse(null);
        List<Owed> owed = backends.others().stream()
                .map(slot -> write.owedTo(slot.name(), local != null, due(slot)))
                .toList();
        try {
            if (local == null) {
                backends.outbox().write(owed, () -> owed);
                return new Committed<>(write, null, null);
            }
            R answer = backends.ask(
                    local,
                    backend -> owed.isEmpty()
                            ? write.applyTo(backend)
                            : backends.outbox().write(owed, () -> write.applyTo(backend)));
            return new Committed<>(write.asMade(answer), answer, null);
        } catch (BackendException e) {
            return new Committed<>(write, null, e);
        }
    }

    private long due(Slot slot) {
        long now = backends.clock().millis();
        return waits && slot.isAdmitting()
                ? now + slot.options().timeout().plus(HEAD_START).toMillis()
                : now;
    }

    /** Where only the outbox keeps what was written, a new write must outdo that, also after the clock was set back. */
    private Version newestOwed() {
        try {
            return backends.outbox().newest();
        } catch (BackendException e) {
            LOG.debug("the outbox cannot be read: {}", e.describe());
            return Version.NONE;
        }
    }

    private static Version newer(Version a, Version b) {
        return b.isNewerThan(a) ? b : a;
    }
}
