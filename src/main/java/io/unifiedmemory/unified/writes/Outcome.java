package io.unifiedmemory.unified.writes;

/** The outcome of a write in one backend. */
public enum Outcome {
    /** The backend confirmed the store. */
    STORED,
    /** The backend confirmed that the memory is gone, whether or not it was there. */
    DELETED,
    /** The backend has not confirmed the write yet; the outbox holds it and delivers it when the backend takes it. */
    QUEUED,
    /** The backend did not take the write and will not get it from this server; the reply's errors say why. */
    FAILED,
    /** The backend is a source: it is only searched and listed, and was not asked. */
    SOURCE,
    /** The backend is disabled by configuration. */
    DISABLED
}
