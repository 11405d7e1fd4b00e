package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import java.util.List;

/**
 * The writes that backends have not yet confirmed, dead letters included, for whoever reads: their copies may be outdated.
 * Thread-safe. Every method throws {@link BackendException} when the store fails.
 */
public interface PendingWrites {

    /** The writes owed to a backend that may concern this memory. */
    List<OutboxEntry> concerning(String backend, String userId, String key);

    /** The writes of a user's memories that are owed to anybody; no more than {@code limit}. */
    List<OutboxEntry> ofUser(String userId, int limit);

    /** The backends that are owed a write of this user's memories. */
    List<String> backends(String userId);

    /**
     * What the writes that are owed say of a memory: the only place that knows it while the store of record keeps no
     * memories. A store that carries no text is that of a process which keeps memories in the same database, and is read
     * there.
     */
    Lookup lookup(String userId, String key);

    /** The newest timestamp of all that is owed to anybody; {@link HlcTimestamp#NONE} when nothing is. */
    HlcTimestamp newest();
}
