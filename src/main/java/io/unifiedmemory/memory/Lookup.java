package io.unifiedmemory.memory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a backend knows of one key: absence is a result, never an error. Immutable. */
public sealed interface Lookup {

    /**
     * The backend holds the memory. Two of them are equal when they hold the same one.
     *
     * @param replaced what a store has just replaced by it; null when there was nothing, nobody stored, or it is not known
     * @param similar other keys of the user that differ only in case from the new one of a store; not known elsewhere
     */
    record Found(MemoryEntry entry, @Nullable MemoryEntry replaced, List<String> similar) implements Lookup {

        /** The list is copied. */
        public Found {
            similar = List.copyOf(similar);
        }

        /** What a store has just put in the place of another memory. */
        public Found(MemoryEntry entry, @Nullable MemoryEntry replaced) {
            this(entry, replaced, List.of());
        }

        /** The backend holds the memory, and nothing is known of one before it. */
        public Found(MemoryEntry entry) {
            this(entry, null);
        }

        /** The same under another form of its key. */
        public Found withKey(String key) {
            return new Found(entry.withKey(key), replaced == null ? null : replaced.withKey(key), similar);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Found found && entry.equals(found.entry);
        }

        @Override
        public int hashCode() {
            return entry.hashCode();
        }
    }

    /**
     * The backend remembers that the memory was deleted. An older copy that another backend still holds must stay
     * hidden; a newer one was stored after the delete.
     *
     * @param version of the delete
     */
    record Deleted(HlcTimestamp version) implements Lookup {}

    /** The backend knows nothing of the key. */
    record Missing() implements Lookup {}

    /** The backend knows nothing of the key. */
    Lookup MISSING = new Missing();
}
