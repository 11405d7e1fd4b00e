package io.unifiedmemory.memory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a backend knows of one key. Absence is a result, never an error. Immutable. */
public sealed interface Lookup {

    /** The length of the text of the memory; 0 where there is none. */
    long chars();

    /**
     * The backend holds the memory. Two results are equal when they hold the same memory.
     *
     * @param replaced the memory that a store has just replaced; null when nothing was replaced, the call was not a
     *     store, or it is not known
     * @param similar after a store of a new key, the user's other keys that differ from it only in case; empty
     *     otherwise
     */
    record Found(MemoryEntry entry, @Nullable MemoryEntry replaced, List<String> similar) implements Lookup {

        /** Copies the list. */
        public Found {
            similar = List.copyOf(similar);
        }

        /** A result of a store that has just replaced another memory. */
        public Found(MemoryEntry entry, @Nullable MemoryEntry replaced) {
            this(entry, replaced, List.of());
        }

        /** A result that says nothing of an earlier memory under the key. */
        public Found(MemoryEntry entry) {
            this(entry, null);
        }

        @Override
        public long chars() {
            return entry.value().length();
        }

        /** The same result under another form of its key. */
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
     * @param version the version of the delete
     */
    record Deleted(HlcTimestamp version) implements Lookup {
        @Override
        public long chars() {
            return 0;
        }
    }

    /** The backend knows nothing of the key. */
    record Missing() implements Lookup {
        @Override
        public long chars() {
            return 0;
        }
    }

    /** The one instance of {@link Missing}. */
    Lookup MISSING = new Missing();
}
