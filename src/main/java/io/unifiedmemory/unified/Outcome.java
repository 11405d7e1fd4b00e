package io.unifiedmemory.unified;

/** What became of a write in one backend. */
public enum Outcome {
    /** The backend confirmed that it stored it. */
    STORED,
    /** The backend confirmed that it is gone, whether or not it was there. */
    DELETED,
    /** The backend did not take it; the reply's errors say why. */
    FAILED,
    /** The backend is disabled by configuration. */
    DISABLED
}
