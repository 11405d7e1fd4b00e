package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.Lookup;

/**
 * The result of a store that at least one backend acknowledged.
 *
 * @param held what is known under the key now: the memory as stored, or the newer write that takes precedence (possible
 *     only for a write that came with its own version)
 * @param report where the store arrived
 */
public record Stored(Lookup held, WriteReport report) {}
