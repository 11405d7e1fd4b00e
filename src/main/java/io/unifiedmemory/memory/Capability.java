package io.unifiedmemory.memory;

/** What a backend can do beyond storing. A method whose capability is not declared throws {@code UNSUPPORTED}. */
public enum Capability {
    /** {@link MemoryBackend#search}. */
    SEARCH,
    /** {@link MemoryBackend#list}. */
    LIST,
    /** {@link MemoryBackend#delete} and {@link MemoryBackend#deleteAll}. */
    DELETE,
    /** {@link MemoryBackend#expire}. */
    EXPIRE,
    /** {@link MemoryBackend#retrieve} finds exactly the key that was asked for, at once after it was stored. */
    EXACT_GET,
    /** Keeps versions: an older write or delete never replaces a newer one, and deletes are remembered. */
    VERSIONS,
    /** A store replaces the old value in one step: no reader and no crash ever sees neither or both. */
    ATOMIC_UPSERT
}
