package io.unifiedmemory.memory;

import io.unifiedmemory.memory.spi.MemoryBackend;

/** What not every backend can do. A method whose capability is not declared throws {@code UNSUPPORTED}. */
public enum Capability {
    /** {@link MemoryBackend#search}. */
    SEARCH,
    /** {@link MemoryBackend#list}. */
    LIST,
    /**
     * Keeps versions: an older write or delete never replaces a newer one, deletes are remembered, and a store replaces the
     * old value in one step, so that no reader and no crash ever sees neither or both.
     */
    VERSIONS
}
