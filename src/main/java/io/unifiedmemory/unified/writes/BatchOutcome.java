package io.unifiedmemory.unified.writes;

/** What became of one write of a batch. */
public enum BatchOutcome {
    /** Nothing was held under the key, or a delete that the write outlives. */
    NEW,
    /** The write replaced what was held. */
    NEWER,
    /** The same was held, and nothing was written. */
    EQUAL,
    /** Something newer is held, or a newer delete is remembered, and nothing was written. */
    OLDER,
    /** Something else is held, which the caller wanted to keep, and nothing was written. */
    SKIPPED;

    /** Whether anything was written. */
    public boolean isWritten() {
        return this == NEW || this == NEWER;
    }
}
