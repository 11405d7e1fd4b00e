package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.unified.calls.Answers;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Drops stale copies of other backends: a newer text, a remembered delete, or a write that the backend has not
 * confirmed takes precedence. A remembered delete says nothing about what another program wrote ({@link
 * MemoryEntry#isForeign}): once the backend has confirmed the delete, whatever is there was written later.
 *
 * <p>Serves one answer, and reports what could not be found out. Not thread-safe.
 */
final class StaleReadFilter {

    private final Backends backends;
    private final String userId;
    private final Map<BackendHandle, List<MemoryEntry>> found;
    private final List<OutboxEntry> before;
    private final Answers<?> answers;
    private final Set<String> listedHere = new HashSet<>();

    /** The backends with pending writes of this user; null until it is needed. */
    private @Nullable Set<String> owedTo;

    /**
     * A filter for one answer.
     *
     * @param before the pending writes before the backends were asked, see {@link Backends#owedBefore}
     * @param found what each backend holds, the store of record among them if it answered
     */
    StaleReadFilter(
            Backends backends,
            String userId,
            List<OutboxEntry> before,
            Map<BackendHandle, List<MemoryEntry>> found,
            Answers<?> answers) {
        this.backends = backends;
        this.userId = userId;
        this.before = before;
        this.found = found;
        this.answers = answers;
        backends.keeping().map(found::get).ifPresent(entries -> entries.forEach(entry -> listedHere.add(entry.key())));
    }

    /** The copies of a backend that are not stale. */
    List<MemoryEntry> current(BackendHandle handle) {
        return found.getOrDefault(handle, List.of()).stream()
                .filter(entry -> isCurrent(handle, entry))
                .toList();
    }

    /**
     * Whether one copy that a backend holds is not stale. A key that was found here too is left to the later
     * comparison.
     */
    boolean isCurrent(BackendHandle handle, MemoryEntry copy) {
        return handle.isPrimary()
                || handle.isSource()
                || listedHere.contains(copy.key())
                || !(isOutdone(known(copy.key()), copy) || wasOutdone(copy) || isOutdoneByOwed(handle, copy));
    }

    private boolean wasOutdone(MemoryEntry copy) {
        return before.stream()
                .filter(write -> write.operation().scope() != OutboxEntry.Scope.KEY
                        || write.key().equals(copy.key()))
                .anyMatch(write -> isOutdone(write, copy));
    }

    private Lookup known(String key) {
        BackendHandle local = backends.keeping().orElse(null);
        try {
            if (local == null) {
                return owedTo().isEmpty()
                        ? Lookup.MISSING
                        : backends.store().pendingWrites().lookup(userId, key);
            }
            // When the store of record gave no answer, nothing is known here; its failure is part of the answer.
            return found.containsKey(local)
                    ? backends.ask(local, backend -> backend.retrieve(userId, key))
                    : Lookup.MISSING;
        } catch (BackendException e) {
            answers.gaps().put(local == null ? Backends.OUTBOX : local.name(), e.describe());
            return Lookup.MISSING;
        }
    }

    private boolean isOutdoneByOwed(BackendHandle handle, MemoryEntry copy) {
        try {
            return owedTo().contains(handle.name())
                    && backends.store().pendingWrites().concerning(handle.name(), userId, copy.key()).stream()
                            .anyMatch(write -> isOutdone(write, copy));
        } catch (BackendException e) {
            answers.gaps().put(Backends.OUTBOX, e.describe());
            return false;
        }
    }

    private Set<String> owedTo() {
        Set<String> names = owedTo;
        if (names == null) {
            names = Set.copyOf(backends.store().pendingWrites().backends(userId));
            owedTo = names;
        }
        return names;
    }

    /** Whether the store of record knows something newer of a key than a copy found elsewhere. */
    static boolean isOutdone(Lookup known, MemoryEntry copy) {
        return (known instanceof Lookup.Found held && WriteOrder.outdoes(held.entry(), copy))
                || (known instanceof Lookup.Deleted deleted
                        && !copy.isForeign()
                        && !WriteOrder.outlives(copy, deleted.version()));
    }

    /** Whether a write that a backend has not confirmed will replace or delete the copy that the backend holds. */
    static boolean isOutdone(OutboxEntry write, MemoryEntry copy) {
        return switch (write.operation()) {
            case STORE -> write.version().isNewerThan(copy.version());
            case DELETE, DELETE_ALL -> !copy.isForeign() && !WriteOrder.outlives(copy, write.version());
            case FORGET, FORGET_ALL -> !WriteOrder.outlives(copy, write.version());
            case EXPIRE ->
                wasUpdatedBefore(write.cutoff(), copy) && !copy.version().isNewerThan(write.version());
        };
    }

    private static boolean wasUpdatedBefore(@Nullable Instant cutoff, MemoryEntry copy) {
        Instant updated = copy.updatedAt();
        return cutoff != null && updated != null && updated.isBefore(cutoff);
    }
}
