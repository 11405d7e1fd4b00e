package io.unifiedmemory.tools;

/** Hears how far a long call is. Thread-safe. */
@FunctionalInterface
public interface Progress {

    /** Nobody asked. */
    Progress NONE = (done, message) -> {};

    /**
     * Tells how far the call is; what is no more than was told before is ignored. Never fails, does not wait.
     *
     * @param done in a unit of the call's own, 0 or more
     * @param message one line for a person
     */
    void report(long done, String message);
}
