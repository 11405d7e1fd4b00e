package io.unifiedmemory.unified;

/** How safe an acknowledged write is. */
public enum Durability {
    /** Every enabled backend has it. */
    REPLICATED,
    /** The local database has it; at least one other backend does not, or none is configured. */
    LOCAL,
    /** The local database does not have it (it failed, or is disabled); at least one other backend does. */
    UNPROTECTED
}
