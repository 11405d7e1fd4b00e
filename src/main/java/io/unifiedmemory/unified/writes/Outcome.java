package io.unifiedmemory.unified.writes;

/** What became of a write in one backend. */
public enum Outcome {
    /** The backend confirmed that it stored it. */
    STORED,
    /** The backend confirmed that it is gone, whether or not it was there. */
    DELETED,
    /** The backend has not confirmed it yet; the outbox holds it and delivers it when the backend takes it. */
    QUEUED,
    /** The backend did not take it and will not get it from us; the reply's errors say why. */
    FAILED,
    /** The backend is disabled by configuration. */
    DISABLED
}
