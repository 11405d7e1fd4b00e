package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryBackend;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Outbox;
import io.unifiedmemory.memory.Owed;
import io.unifiedmemory.memory.Owed.Operation;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.Version;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a write reaches every backend. First one transaction of the local database keeps it and notes what it owes to the
 * others: from there on nothing is lost. Then all others get it at once. Who confirms is struck off; what the rest is owed
 * the {@link Relay} delivers.
 */
final class WritePath {

    private static final Logger LOG = LoggerFactory.getLogger(WritePath.class);

    /** How often a write is stamped anew because a newer one is in its way. Two writers need a few at most. */
    private static final int MAX_STAMPS = 16;

    /** How often a write is made, the first time included, because another backend holds something newer. */
    private static final int MAX_ROUNDS = 2;

    /** How much longer than our own try takes the relay keeps off. */
    private static final Duration HEAD_START = Duration.ofSeconds(1);

    private final Slots slots;
    private final FanOut fanOut;
    private final Outbox outbox;
    private final Overtaking overtaking;
    private final VersionClock versions;
    private final Clock clock;
    private final boolean waits;
    private final Runnable wakeRelay;

    /**
     * @param waits whether a write that is kept here waits for the other backends
     * @param wakeRelay called when it does not; must not block
     */
    WritePath(
            Slots slots,
            FanOut fanOut,
            Outbox outbox,
            Overtaking overtaking,
            VersionClock versions,
            Clock clock,
            boolean waits,
            Runnable wakeRelay) {
        this.slots = slots;
        this.fanOut = fanOut;
        this.outbox = outbox;
        this.overtaking = overtaking;
        this.versions = versions;
        this.clock = clock;
        this.waits = waits;
        this.wakeRelay = wakeRelay;
    }

    /** Stores a new memory, which is newer than whatever is held under its key. */
    Stored store(MemoryEntry draft) {
        return store(draft::withVersion, null);
    }

    /**
     * Stores a memory that was written elsewhere, unless something newer is held: then the others get from the relay what
     * is newer.
     */
    Stored replicate(MemoryEntry entry) {
        versions.observe(entry.version());
        return store(version -> entry, entry.version());
    }

    private Stored store(Function<Version, MemoryEntry> entryOf, @Nullable Version given) {
        boolean kept = slots.local().isPresent();
        Write<MemoryEntry, Lookup> write = new Write<>(
                entryOf,
                given,
                MemoryBackend::store,
                WritePath::obstacleToStore,
                (slot, entry) -> owed(
                        slot,
                        Operation.STORE,
                        entry.userId(),
                        entry.key(),
                        entry.version(),
                        kept ? null : entry,
                        null));
        Written<MemoryEntry, Lookup> written = carryOut(write, WritePath::withKeptTimes);
        if (written.answers.values().isEmpty() && !isKept(written)) {
            throw Slots.nobody("store the memory", written.answers);
        }
        Lookup held = written.answers.values().values().stream()
                .findFirst()
                .orElseGet(() -> new Lookup.Found(written.request));
        return new Stored(held, report(written, Outcome.STORED));
    }

    /** Whether the write, which no backend has confirmed, will reach one. */
    private boolean isKept(Written<?, ?> written) {
        return slots.others().stream().anyMatch(slot -> follows(slot, written));
    }

    /**
     * Deletes one memory.
     *
     * @param given the version of a delete that was made elsewhere; null for a new one, which outdoes whatever is held
     */
    Deleted delete(String userId, String key, @Nullable Version given) {
        return remove(
                given,
                (backend, version) -> backend.delete(userId, key, version),
                (slot, version) -> owed(slot, Operation.DELETE, userId, key, version, null, null));
    }

    /** Deletes every memory of a user. */
    Deleted deleteAll(String userId, @Nullable Version given) {
        return remove(
                given,
                (backend, version) -> backend.deleteAll(userId, version),
                (slot, version) -> owed(slot, Operation.DELETE_ALL, userId, "", version, null, null));
    }

    /** Deletes every memory of a user that was last updated before {@code cutoff}. */
    Deleted expire(String userId, Instant cutoff, @Nullable Version given) {
        return remove(
                given,
                (backend, version) -> backend.expire(userId, cutoff, version),
                (slot, version) -> owed(slot, Operation.EXPIRE, userId, cutoff.toString(), version, null, cutoff));
    }

    private Deleted remove(
            @Nullable Version given,
            BiFunction<MemoryBackend, Version, Removal> operation,
            BiFunction<Slot, Version, Owed> owedOf) {
        Write<Version, Removal> write =
                new Write<>(version -> version, given, operation, (version, removal) -> removal.survivor(), owedOf);
        Written<Version, Removal> written = carryOut(write, (version, removal) -> version);
        if (written.answers.values().isEmpty() && !isKept(written)) {
            throw Slots.nobody("delete", written.answers);
        }
        long count = written.results.stream().mapToLong(Removal::count).max().orElse(0);
        Version survivor = Version.NONE;
        for (Removal removal : written.answers.values().values()) {
            survivor = removal.survivor().isNewerThan(survivor) ? removal.survivor() : survivor;
        }
        return new Deleted(new Removal(count, survivor), report(written, Outcome.DELETED));
    }

    /**
     * A write that is to be made.
     *
     * @param requestOf the request in a version
     * @param given the version of a write that was made elsewhere; null for a new one
     * @param operation makes it in a backend
     * @param obstacle the version that kept it from taking effect; {@link Version#NONE} when it did
     * @param owedOf what is owed to a backend until it confirms
     */
    private record Write<Q, R>(
            Function<Version, Q> requestOf,
            @Nullable Version given,
            BiFunction<MemoryBackend, Q, R> operation,
            BiFunction<Q, R, Version> obstacle,
            BiFunction<Slot, Q, Owed> owedOf) {}

    /**
     * What became of it.
     *
     * @param request in the version that took effect
     * @param noted whether what is owed to others is on disk
     * @param rejected who will never take it
     * @param results what every backend answered in every round
     */
    private record Written<Q, R>(Q request, boolean noted, Answers<R> answers, List<Slot> rejected, List<R> results) {}

    /**
     * A new write must win, also over one of a faster clock that only another backend has seen: then all of them get it
     * once more, behind that.
     */
    private <Q, R> Written<Q, R> carryOut(Write<Q, R> write, BiFunction<Q, R, Q> refine) {
        Version newer = Version.NONE;
        List<R> results = new ArrayList<>();
        for (int rounds = 1; ; rounds++) {
            Local<Q, R> local = writeLocally(write, newer);
            Q request = local.result == null ? local.request : refine.apply(local.request, local.result);
            boolean noted = local.failure == null && !slots.enabled().isEmpty();
            boolean delivers = !noted || (waits && !isOutdated(write, local));
            Answers<R> others = delivers
                    ? fanOut.askAll(slots.others(), backend -> write.operation.apply(backend, request))
                    : new Answers<>(Map.of(), Map.of());
            Answers<R> answers = local.with(others, slots.enabled());
            results.addAll(answers.values().values());
            newer = write.given == null && rounds < MAX_ROUNDS ? newest(write, request, others) : Version.NONE;
            if (newer.equals(Version.NONE)) {
                List<Slot> rejected = new ArrayList<>();
                if (noted && delivers) {
                    settle(write, request, others, rejected);
                } else if (noted) {
                    wakeRelay.run();
                }
                return new Written<>(request, noted, answers, rejected, results);
            }
        }
    }

    /** Whether a memory that was stored elsewhere is older than what the local database knows. */
    private static <Q, R> boolean isOutdated(Write<Q, R> write, Local<Q, R> local) {
        return local.request instanceof MemoryEntry
                && local.result != null
                && write.given != null
                && write.obstacle.apply(local.request, local.result).isNewerThan(write.given);
    }

    /** The newest version that kept the write from taking effect in a backend. */
    private static <Q, R> Version newest(Write<Q, R> write, Q request, Answers<R> answers) {
        return answers.values().values().stream()
                .map(result -> write.obstacle.apply(request, result))
                .max(Version::compareTo)
                .orElse(Version.NONE);
    }

    /**
     * Strikes off who confirmed, and notes why the others did not. What overtook a store is noted first, so that an end of
     * the program in between costs a delivery and no more. What cannot be noted is delivered again: harmless.
     */
    private <Q, R> void settle(Write<Q, R> write, Q request, Answers<R> others, List<Slot> rejected) {
        try {
            if (request instanceof MemoryEntry entry) {
                others.values().forEach((slot, answer) -> overtaking.check(slot, entry, (Lookup) answer));
                others.failures().keySet().forEach(slot -> overtaking.check(slot, entry, Lookup.MISSING));
            }
            List<Owed> confirmed = others.values().keySet().stream()
                    .map(slot -> write.owedOf.apply(slot, request))
                    .toList();
            if (!confirmed.isEmpty()) {
                outbox.confirm(confirmed);
            }
            others.failures().forEach((slot, failure) -> {
                boolean never = Delivery.isRejected(failure);
                if (never) {
                    rejected.add(slot);
                }
                // While its breaker is open nobody tries, and what is owed waits for it: there is nothing to note.
                if (never || slot.isAdmitting()) {
                    Delivery.settle(outbox, clock, write.owedOf.apply(slot, request), failure);
                }
            });
        } catch (BackendException e) {
            LOG.warn("the outbox does not learn of a delivery, which is repeated later: {}", e.describe());
        }
    }

    /**
     * Writes to the local database. A new write must win, also over one that a faster clock or another process stamped:
     * while something newer is in its way it is stamped again, behind that.
     */
    private <Q, R> Local<Q, R> writeLocally(Write<Q, R> write, Version behind) {
        Slot slot = slots.local().orElse(null);
        Version first = slot == null && write.given == null ? behindWhatIsOwed(behind) : behind;
        Q request = write.requestOf.apply(write.given == null ? versions.after(first) : write.given);
        for (int stamps = 1; ; stamps++) {
            Q attempt = request;
            try {
                R result = slot == null ? note(write, attempt) : keep(slot, write, attempt);
                Version newer = result == null ? Version.NONE : write.obstacle.apply(attempt, result);
                if (write.given != null || newer.equals(Version.NONE)) {
                    return new Local<>(attempt, slot, result, null);
                }
                if (stamps == MAX_STAMPS) {
                    throw new BackendException(
                            BackendException.Kind.OVERLOADED,
                            "other writers replaced this memory " + stamps + " times while it was being written",
                            "try again");
                }
                request = write.requestOf.apply(versions.after(newer));
            } catch (BackendException e) {
                return new Local<>(attempt, slot, null, e);
            }
        }
    }

    /** Where only the outbox keeps what was written, a new write must outdo that, also after the clock was set back. */
    private Version behindWhatIsOwed(Version behind) {
        try {
            Version newest = outbox.newest();
            return newest.isNewerThan(behind) ? newest : behind;
        } catch (BackendException e) {
            LOG.debug("the outbox cannot be read: {}", e.describe());
            return behind;
        }
    }

    private <Q, R> R keep(Slot slot, Write<Q, R> write, Q request) {
        List<Owed> owed = owedToOthers(write, request);
        return fanOut.ask(
                slot,
                backend -> owed.isEmpty()
                        ? write.operation.apply(backend, request)
                        : outbox.write(owed, () -> write.operation.apply(backend, request)));
    }

    /** Without a local database that keeps memories only what is owed is written down. */
    private <Q, R> @Nullable R note(Write<Q, R> write, Q request) {
        return outbox.<@Nullable R>write(owedToOthers(write, request), () -> null);
    }

    private <Q, R> List<Owed> owedToOthers(Write<Q, R> write, Q request) {
        return slots.others().stream()
                .map(slot -> write.owedOf.apply(slot, request))
                .toList();
    }

    private Owed owed(
            Slot slot,
            Operation operation,
            String userId,
            String key,
            Version version,
            @Nullable MemoryEntry entry,
            @Nullable Instant cutoff) {
        long now = clock.millis();
        long due = waits && slot.isAdmitting()
                ? now + slot.options().timeout().plus(HEAD_START).toMillis()
                : now;
        return new Owed(slot.name(), operation, userId, key, version, entry, cutoff, 0, due);
    }

    /** The entry as the local database keeps it, with the time at which its key was first stored. */
    private static MemoryEntry withKeptTimes(MemoryEntry sent, Lookup held) {
        return held instanceof Lookup.Found found && found.entry().version().equals(sent.version())
                ? found.entry()
                : sent;
    }

    private static Version obstacleToStore(MemoryEntry sent, Lookup held) {
        if (held instanceof Lookup.Deleted deleted) {
            return deleted.version();
        }
        if (held instanceof Lookup.Found found) {
            MemoryEntry entry = found.entry();
            boolean ours = entry.version().equals(sent.version()) && entry.hasContentOf(sent);
            return ours ? Version.NONE : entry.version();
        }
        return Version.NONE;
    }

    /**
     * What the local database did.
     *
     * @param request what was written, in the version that took effect
     * @param slot null when the database keeps no memories
     */
    private record Local<Q, R>(
            Q request,
            @Nullable Slot slot,
            @Nullable R result,
            @Nullable BackendException failure) {

        Answers<R> with(Answers<R> others, List<Slot> order) {
            Map<Slot, R> values = new LinkedHashMap<>();
            Map<Slot, BackendException> failures = new LinkedHashMap<>();
            if (slot != null && result != null) {
                values.put(slot, result);
            }
            if (slot != null && failure != null) {
                failures.put(slot, failure);
            }
            for (Slot other : order) {
                R value = others.values().get(other);
                if (value != null) {
                    values.put(other, value);
                }
                BackendException problem = others.failures().get(other);
                if (problem != null) {
                    failures.put(other, problem);
                }
            }
            return new Answers<>(values, failures);
        }
    }

    private WriteReport report(Written<?, ?> written, Outcome success) {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        for (Slot slot : slots.all()) {
            outcomes.put(slot.name(), outcome(slot, written, success));
        }
        return new WriteReport(durability(written), outcomes, written.answers.problems());
    }

    private static Outcome outcome(Slot slot, Written<?, ?> written, Outcome success) {
        if (!slot.options().enabled()) {
            return Outcome.DISABLED;
        }
        if (written.answers.values().containsKey(slot)) {
            return success;
        }
        return follows(slot, written) ? Outcome.QUEUED : Outcome.FAILED;
    }

    /** Whether the backend gets the write from the outbox. */
    private static boolean follows(Slot slot, Written<?, ?> written) {
        return written.noted
                && !slot.isLocal()
                && !written.answers.values().containsKey(slot)
                && !written.rejected.contains(slot);
    }

    private Durability durability(Written<?, ?> written) {
        List<Slot> others = slots.others();
        if (!written.noted) {
            return Durability.UNPROTECTED;
        }
        if (others.isEmpty()) {
            return Durability.LOCAL;
        }
        if (others.stream().anyMatch(slot -> follows(slot, written))) {
            return Durability.QUEUED;
        }
        return written.rejected.isEmpty() ? Durability.REPLICATED : Durability.PARTIAL;
    }
}
