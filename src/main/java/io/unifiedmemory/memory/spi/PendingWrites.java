package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import java.util.List;

/**
 * The writes that backends have not yet confirmed, dead letters included, as reads use them: the copies in those
 * backends may be outdated. Thread-safe. Every method throws {@link BackendException} when the store fails.
 */
public interface PendingWrites {

    /** The writes that this backend has not yet confirmed and that may concern this memory. */
    List<OutboxEntry> concerning(String backend, String userId, String key);

    /** The pending writes of a user's memories for all backends; no more than {@code limit}. */
    List<OutboxEntry> ofUser(String userId, int limit);

    /** The backends that have not yet confirmed a write of this user's memories. */
    List<String> backends(String userId);

    /**
     * What the pending writes say of a memory: while the store of record keeps no memories, nothing else knows it. A
     * pending store without a text was made by a process that keeps memories in the same database, and the text is read
     * there.
     */
    Lookup lookup(String userId, String key);

    /** The newest timestamp of all pending writes; {@link HlcTimestamp#NONE} when there are none. */
    HlcTimestamp newest();
}
