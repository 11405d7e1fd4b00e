package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.MemoryEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a search found. Immutable.
 *
 * @param entries the hits in the order that was asked for
 * @param problem why memories that the backend says match are not among them, one line; null when none is missing
 */
public record Hits(List<MemoryEntry> entries, @Nullable String problem) {

    public Hits {
        entries = List.copyOf(entries);
    }
}
