package io.unifiedmemory.memory;

import io.unifiedmemory.memory.spi.MemoryBackend;

/** An ability that not every backend has. A method whose capability is not declared throws {@code UNSUPPORTED}. */
public enum Capability {
    /**
     * The backend keeps exact copies of memories: it is a <em>mirror</em>. A backend without this is a <em>source</em>,
     * which is only searched and listed: what it has was written by others, nothing is ever stored or deleted there, and
     * it says nothing about how safe a write is. A backend has this ability or lacks it from the start.
     */
    KEEP,
    /** The backend supports {@link MemoryBackend#search}. */
    SEARCH,
    /**
     * The backend supports {@link MemoryBackend#list}, and where it keeps memories the deletes that concern more than one
     * of them ({@link MemoryBackend#deleteAll}, {@link MemoryBackend#expire}).
     */
    LIST,
    /**
     * The backend keeps versions: an older write or delete never replaces a newer one, deletes are remembered, and a
     * store replaces the old value in one step, so that no reader and no crash ever sees neither or both.
     */
    VERSIONS
}
