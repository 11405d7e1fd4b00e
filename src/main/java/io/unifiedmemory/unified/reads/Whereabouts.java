package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.unified.calls.Answers;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where one memory is: what every enabled backend that keeps memories holds of it, asked all at once, and held against the
 * newest that any of them knows. Thread-safe.
 */
public final class Whereabouts {

    /** What a backend holds, next to the newest that is known. */
    public enum State {
        /** The same as the newest. */
        CURRENT,
        /** Another text, metadata or version than the newest. */
        OUTDATED,
        /** Nothing, and the newest is a memory. */
        MISSING,
        /** Nothing, and the newest is a delete or nothing. */
        GONE,
        /** It did not say. */
        UNKNOWN
    }

    /**
     * What one backend holds.
     *
     * @param type the kind of backend
     * @param owed how many writes of this memory the backend has not confirmed, dead letters included
     * @param updatedAt of what it holds; null when it holds nothing or the time is not known
     * @param problem why it did not say; null when it did
     */
    public record Copy(
            String backend,
            String type,
            State state,
            int owed,
            @Nullable Instant updatedAt,
            @Nullable String problem) {}

    private final Backends backends;

    public Whereabouts(Backends backends) {
        this.backends = backends;
    }

    /** The copies of a memory, in the order of the backends' priority. */
    public List<Copy> of(String userId, String key) {
        List<BackendHandle> keepers = backends.handles().keepers();
        Answers<Lookup> answers = backends.fanOut().askAll(keepers, backend -> backend.retrieve(userId, key));
        Lookup newest = answers.values().values().stream().reduce(Lookup.MISSING, WriteOrder::newest);
        List<Copy> copies = new ArrayList<>();
        for (BackendHandle handle : keepers) {
            copies.add(
                    copy(handle, answers.values(), answers.failures().get(handle), newest, owed(handle, userId, key)));
        }
        return copies;
    }

    private int owed(BackendHandle handle, String userId, String key) {
        return handle.isPrimary()
                ? 0
                : backends.store()
                        .pendingWrites()
                        .concerning(handle.name(), userId, key)
                        .size();
    }

    private static Copy copy(
            BackendHandle handle,
            Map<BackendHandle, Lookup> held,
            @Nullable BackendException failure,
            Lookup newest,
            int owed) {
        Lookup lookup = held.get(handle);
        MemoryEntry entry = lookup instanceof Lookup.Found found ? found.entry() : null;
        return new Copy(
                handle.name(),
                handle.type(),
                lookup == null ? State.UNKNOWN : state(entry, newest),
                owed,
                entry == null ? null : entry.updatedAt(),
                failure == null ? null : failure.describe());
    }

    /** A place that keeps no versions holds the newest when its text and metadata are those of the newest. */
    private static State state(@Nullable MemoryEntry held, Lookup newest) {
        if (!(newest instanceof Lookup.Found found)) {
            return held == null ? State.GONE : State.OUTDATED;
        }
        if (held == null) {
            return State.MISSING;
        }
        return held.hasContentOf(found.entry()) ? State.CURRENT : State.OUTDATED;
    }
}
