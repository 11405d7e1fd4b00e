package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import java.time.Instant;
import java.util.List;

/** The memories of a database that expire. Thread-safe. */
public interface Expirations {

    /**
     * Memories of any user that are there and expire by a time, those that expire first at the beginning. Reads find what
     * has expired; who shows memories to somebody hides it.
     *
     * @param limit how many at most, 1 or more
     * @throws BackendException when the store fails
     */
    List<Expiring> due(Instant by, int limit);

    /**
     * A memory that expires.
     *
     * @param version of the memory, up to which it is to be deleted
     */
    record Expiring(String userId, String key, HlcTimestamp version, Instant expiresAt) {}
}
