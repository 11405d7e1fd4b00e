package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.MemoryEntry;

/** What a search need not return because its earlier pages have dealt with it. Immutable. */
public interface AlreadyShown {

    /** Excludes nothing: for the first page. */
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

    /** Roughly how many memories earlier pages have shown, or later ones will. */
    int count();

    /** Whether the search excludes the memory: earlier pages have shown it, or it was stored after the search began. */
    boolean covers(MemoryEntry entry);

    /**
     * Whether the memory may have been stored since the first page: it is then shown only when nothing else is left.
     */
    default boolean maybeNew(MemoryEntry entry) {
        return false;
    }
}
