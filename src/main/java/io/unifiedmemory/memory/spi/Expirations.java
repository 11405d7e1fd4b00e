package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import java.time.Instant;
import java.util.List;

/** The memories of a database that have expired. Thread-safe. */
public interface Expirations {

    /**
     * Memories of any user that expired by a time and are still there, those that expired first at the beginning. Reads
     * find them; who shows memories to somebody hides them.
     *
     * @param limit how many at most, 1 or more
     * @throws BackendException when the store fails
     */
    List<Expired> due(Instant now, int limit);

    /**
     * A memory that has expired.
     *
     * @param version of the memory, up to which it is to be deleted
     */
    record Expired(String userId, String key, HlcTimestamp version) {}
}
