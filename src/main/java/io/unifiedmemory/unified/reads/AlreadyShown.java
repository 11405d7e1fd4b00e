package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.MemoryEntry;

/** What a search need not return because earlier pages of it have dealt with it. Immutable. */
public interface AlreadyShown {

    /** Nothing: the first page. */
    AlreadyShown NOTHING = new AlreadyShown() {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public boolean covers(MemoryEntry entry) {
            return false;
        }
    };

    /** About how many memories earlier pages have shown, or later ones will. */
    int count();

    /** Whether the memory was shown, or is none of the search's business any more. */
    boolean covers(MemoryEntry entry);

    /** Whether the memory may have been made since the first page: it is shown when nothing else is left. */
    default boolean maybeNew(MemoryEntry entry) {
        return false;
    }
}
