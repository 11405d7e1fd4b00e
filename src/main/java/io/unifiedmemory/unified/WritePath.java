package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryBackend;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.Version;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a write reaches every backend: the local database first, so that the memory is safe before anybody else is asked,
 * then all others at once. It succeeds when one of them took it.
 */
final class WritePath {

    /** How often a write is stamped anew because a newer one is in its way. Two writers need a few at most. */
    private static final int MAX_STAMPS = 16;

    private final Slots slots;
    private final FanOut fanOut;
    private final VersionClock clock;

    WritePath(Slots slots, FanOut fanOut, VersionClock clock) {
        this.slots = slots;
        this.fanOut = fanOut;
        this.clock = clock;
    }

    /** Stores a new memory, which is newer than whatever is held under its key. */
    Stored store(MemoryEntry draft) {
        return store(draft::withVersion, null);
    }

    /** Stores a memory that was written elsewhere, unless something newer is held. */
    Stored replicate(MemoryEntry entry) {
        clock.observe(entry.version());
        return store(version -> entry, entry.version());
    }

    private Stored store(Function<Version, MemoryEntry> entryOf, @Nullable Version given) {
        Local<MemoryEntry, Lookup> local =
                writeLocally(entryOf, given, MemoryBackend::store, WritePath::obstacleToStore);
        MemoryEntry entry = local.result instanceof Lookup.Found found
                        && found.entry().version().equals(local.request.version())
                ? found.entry()
                : local.request;
        Answers<Lookup> answers =
                local.with(fanOut.askAll(slots.others(), backend -> backend.store(entry)), slots.enabled());
        if (answers.values().isEmpty()) {
            throw Slots.nobody("store the memory", answers);
        }
        Lookup held = answers.values().values().iterator().next();
        return new Stored(held, report(answers, Outcome.STORED));
    }

    /**
     * Deletes one memory.
     *
     * @param given the version of a delete that was made elsewhere; null for a new one, which outdoes whatever is held
     */
    Deleted delete(String userId, String key, @Nullable Version given) {
        return remove(given, (backend, version) -> backend.delete(userId, key, version));
    }

    /** Deletes every memory of a user. */
    Deleted deleteAll(String userId, @Nullable Version given) {
        return remove(given, (backend, version) -> backend.deleteAll(userId, version));
    }

    /** Deletes every memory of a user that was last updated before {@code cutoff}. */
    Deleted expire(String userId, Instant cutoff, @Nullable Version given) {
        return remove(given, (backend, version) -> backend.expire(userId, cutoff, version));
    }

    private Deleted remove(@Nullable Version given, Operation<Version, Removal> operation) {
        Local<Version, Removal> local =
                writeLocally(version -> version, given, operation, (version, removal) -> removal.survivor());
        Answers<Removal> answers = local.with(
                fanOut.askAll(slots.others(), backend -> operation.apply(backend, local.request)), slots.enabled());
        if (answers.values().isEmpty()) {
            throw Slots.nobody("delete", answers);
        }
        long count = 0;
        Version survivor = Version.NONE;
        for (Removal removal : answers.values().values()) {
            count = Math.max(count, removal.count());
            survivor = removal.survivor().isNewerThan(survivor) ? removal.survivor() : survivor;
        }
        return new Deleted(new Removal(count, survivor), report(answers, Outcome.DELETED));
    }

    /** A write to one backend. */
    @FunctionalInterface
    private interface Operation<Q, R> {
        R apply(MemoryBackend backend, Q request);
    }

    /** The version that kept a write from taking effect; {@link Version#NONE} when it did. */
    @FunctionalInterface
    private interface Obstacle<Q, R> {
        Version of(Q request, R result);
    }

    /**
     * Writes to the local database. A new write must win, also over one that a faster clock or another process stamped:
     * while something newer is in its way it is stamped again, behind that.
     */
    private <Q, R> Local<Q, R> writeLocally(
            Function<Version, Q> requestOf,
            @Nullable Version given,
            Operation<Q, R> operation,
            Obstacle<Q, R> obstacle) {
        Slot slot = slots.local().orElse(null);
        Q request = requestOf.apply(given == null ? clock.next() : given);
        if (slot == null) {
            return new Local<>(request, null, null, null);
        }
        for (int stamps = 1; ; stamps++) {
            Q attempt = request;
            try {
                R result = fanOut.ask(slot, backend -> operation.apply(backend, attempt));
                Version newer = obstacle.of(attempt, result);
                if (given != null || newer.equals(Version.NONE)) {
                    return new Local<>(attempt, slot, result, null);
                }
                if (stamps == MAX_STAMPS) {
                    throw new BackendException(
                            BackendException.Kind.OVERLOADED,
                            "other writers replaced this memory " + stamps + " times while it was being written",
                            "try again");
                }
                request = requestOf.apply(clock.after(newer));
            } catch (BackendException e) {
                return new Local<>(attempt, slot, null, e);
            }
        }
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
     * @param slot the local database; null when it is disabled
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

    private WriteReport report(Answers<?> answers, Outcome success) {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        for (Slot slot : slots.all()) {
            outcomes.put(
                    slot.name(),
                    !slot.options().enabled()
                            ? Outcome.DISABLED
                            : answers.values().containsKey(slot) ? success : Outcome.FAILED);
        }
        boolean local = slots.local().filter(answers.values()::containsKey).isPresent();
        boolean everywhere = answers.failures().isEmpty() && slots.enabled().size() > 1;
        Durability durability = !local ? Durability.UNPROTECTED : everywhere ? Durability.REPLICATED : Durability.LOCAL;
        return new WriteReport(durability, outcomes, answers.problems());
    }
}
