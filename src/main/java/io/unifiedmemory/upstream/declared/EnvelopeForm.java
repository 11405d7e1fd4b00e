package io.unifiedmemory.upstream.declared;

/** Where a server keeps what it has no place for: user, key, metadata, times and version of a memory. */
public enum EnvelopeForm {
    /** Behind the value, in the same text. */
    TEXT,
    /** In one field of its own, as a text. */
    METADATA,
    /** Nowhere: nothing is stored. */
    NONE
}
