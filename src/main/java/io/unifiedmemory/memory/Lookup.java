package io.unifiedmemory.memory;

/** What a backend knows of one key: absence is a result, never an error. Immutable. */
public sealed interface Lookup {

    /** The backend holds the memory. */
    record Found(MemoryEntry entry) implements Lookup {}

    /**
     * The backend remembers that the memory was deleted. An older copy that another backend still holds must stay
     * hidden; a newer one was stored after the delete.
     *
     * @param version of the delete
     */
    record Deleted(Version version) implements Lookup {}

    /** The backend knows nothing of the key. */
    record Missing() implements Lookup {}

    /** The backend knows nothing of the key. */
    Lookup MISSING = new Missing();
}
