package io.unifiedmemory.memory;

/** What is looked for. Immutable. */
public interface SearchText {

    /** The text as a person or model wrote it: nothing in it is syntax. */
    String text();

    /**
     * Whether the key or the value of a memory contains the whole text, ignoring case: the one definition of that, for every
     * backend and for what becomes of their hits.
     */
    boolean isContainedIn(MemoryEntry entry);
}
