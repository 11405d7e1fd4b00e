package io.unifiedmemory.unified.writes;

/** How safe an acknowledged write is. */
public enum Durability {
    /** Every enabled backend has it. */
    REPLICATED,
    /** It is on disk here; at least one other backend has not confirmed it yet and gets it from the outbox. */
    QUEUED,
    /** It is on disk here, and nothing is on its way any more: at least one other backend will never take it. */
    PARTIAL,
    /** The local database has it; no other backend is configured. */
    LOCAL,
    /**
     * The local database file can be neither written nor read; at least one other backend has it. This process brings it to
     * the file when that is back.
     */
    UNPROTECTED
}
