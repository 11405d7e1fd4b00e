package io.unifiedmemory.tools;

/** Is told how far a long call is. Thread-safe. */
@FunctionalInterface
public interface Progress {

    /** For a call whose client did not ask. */
    Progress NONE = (done, message) -> {};

    /**
     * Reports how far the call is; a report that is no further than the last one is ignored. Never fails and never
     * waits.
     *
     * @param done in a unit of the call's own, 0 or more
     * @param message one line for a person
     */
    void report(long done, String message);
}
