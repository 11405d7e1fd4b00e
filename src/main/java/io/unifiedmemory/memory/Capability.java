package io.unifiedmemory.memory;

import io.unifiedmemory.memory.spi.MemoryBackend;

/** An ability that not every backend has. A method whose capability is not declared throws {@code UNSUPPORTED}. */
public enum Capability {
    /** The backend supports {@link MemoryBackend#search}. */
    SEARCH,
    /** The backend supports {@link MemoryBackend#list}. */
    LIST,
    /**
     * The backend keeps versions: an older write or delete never replaces a newer one, deletes are remembered, and a
     * store replaces the old value in one step, so that no reader and no crash ever sees neither or both.
     */
    VERSIONS
}
