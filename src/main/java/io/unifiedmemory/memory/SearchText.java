package io.unifiedmemory.memory;

/** The text that a search looks for. Immutable. */
public interface SearchText {

    /** The text as a person or model wrote it: nothing in it is syntax. */
    String text();

    /**
     * Whether the key or the value of a memory contains the whole text, ignoring case. This is the only definition of
     * it: backends, fusion and highlighting all use it.
     */
    boolean isContainedIn(MemoryEntry entry);
}
