package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.PendingWrites;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.Backends;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells what a search or listing misses where the store of record keeps no memories: the writes that are still in the
 * outbox. A retrieve reads the outbox; searches and listings do not, so they have to say that they may lack something.
 * Thread-safe.
 */
public final class UndeliveredNotice {

    private final BackendHandles handles;
    private final PendingWrites pending;

    public UndeliveredNotice(BackendHandles handles, PendingWrites pending) {
        this.handles = handles;
        this.pending = pending;
    }

    /**
     * The problems of an answer about this user, including that of the outbox if there is one.
     *
     * @param before the gap when the question was asked; what has been delivered since may have come too late to be
     *     seen
     */
    public Map<String, String> added(String userId, Map<String, String> problems, String before) {
        String gap = before.isEmpty() ? of(userId) : before;
        if (gap.isEmpty()) {
            return problems;
        }
        Map<String, String> all = new LinkedHashMap<>(problems);
        all.put(Backends.OUTBOX, gap);
        return all;
    }

    /** The gap now: what an answer about the user leaves out; empty when it leaves out nothing. */
    public String of(String userId) {
        if (handles.keeping().isPresent()) {
            return "";
        }
        try {
            List<String> owed = pending.backends(userId);
            return owed.isEmpty()
                    ? ""
                    : "writes that are not confirmed by " + String.join(", ", owed) + " are left out";
        } catch (BackendException e) {
            return e.describe();
        }
    }
}
