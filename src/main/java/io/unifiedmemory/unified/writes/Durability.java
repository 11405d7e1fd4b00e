package io.unifiedmemory.unified.writes;

/** How safe an acknowledged write is. */
public enum Durability {
    /** Every enabled backend that keeps memories has the write. */
    REPLICATED,
    /** The write is on disk here; at least one other backend has not confirmed it yet and gets it from the outbox. */
    QUEUED,
    /** The write is on disk here and no delivery is pending: at least one other backend will never take it. */
    PARTIAL,
    /** The store of record has the write; no other backend is configured. */
    LOCAL,
    /**
     * The database file can be neither written nor read; at least one other backend has the write. This process stores
     * the write in the file when the file is back.
     */
    UNPROTECTED
}
