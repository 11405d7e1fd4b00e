package io.unifiedmemory.unified.writes;

/** What a write of a batch does where its key is held already. */
public enum OnConflict {
    /** The newer timestamp counts. */
    NEWEST,
    /** What is held stays. */
    SKIP,
    /** The write replaces what is held, as a new write, unless the content is the same. */
    OVERWRITE
}
