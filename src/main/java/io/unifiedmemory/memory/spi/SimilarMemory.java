package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.MemoryEntry;

/**
 * A memory whose text is nearly that of another one. Immutable.
 *
 * @param likeness the share of words that the two texts have in common, 0 to 1
 */
public record SimilarMemory(MemoryEntry entry, double likeness) {}
