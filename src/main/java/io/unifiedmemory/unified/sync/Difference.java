package io.unifiedmemory.unified.sync;

import io.unifiedmemory.memory.MemoryEntry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One memory that a comparison found to differ. Immutable.
 *
 * @param backend with which the store of record was compared
 * @param kind what settles it
 * @param here the copy of the store of record; null when it has none
 * @param there the copy of the backend; null when it has none, which is never so on both sides
 */
public record Difference(
        String backend,
        Kind kind,
        @Nullable MemoryEntry here,
        @Nullable MemoryEntry there) {

    /** What settles a difference. */
    public enum Kind {
        /** The backend gets the copy of the store of record. */
        SENT,
        /** The backend deletes what was deleted here. */
        DELETED_THERE,
        /** The store of record gets the copy of the backend. */
        TAKEN,
        /** The store of record deletes what was deleted there. */
        DELETED_HERE
    }

    /** The copy of the store of record, or that of the backend where it has none. */
    public MemoryEntry either() {
        return here == null ? Objects.requireNonNull(there) : here;
    }
}
