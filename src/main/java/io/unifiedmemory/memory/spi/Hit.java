package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.MemoryEntry;

/**
 * One memory that a search found, with what the backend knows of it. Immutable.
 *
 * @param containsQuery whether its key or value contains the whole query
 * @param score how well it fits, the more the better; comparable among the hits of one answer only, 0 where the backend
 *     ranks without scores
 * @param byMeaning whether it was found by its meaning alone, and has nothing of the words of the query
 */
public record Hit(MemoryEntry entry, boolean containsQuery, double score, boolean byMeaning) {

    /** A hit by words. */
    public Hit(MemoryEntry entry, boolean containsQuery, double score) {
        this(entry, containsQuery, score, false);
    }
}
