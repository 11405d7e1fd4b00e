package io.unifiedmemory.store.postgres.db;

import io.unifiedmemory.memory.BackendException;

/**
 * The connection broke after the server was told to commit: the transaction is there as a whole, or it is not. It may
 * still be under way, but it holds the row of its user until it has ended, so whoever locks that row sees which.
 */
public final class UnknownOutcomeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient BackendException failure;

    UnknownOutcomeException(BackendException failure) {
        super(failure);
        this.failure = failure;
    }

    /** What broke, for a caller to whom it makes no difference, or who found out that nothing was committed. */
    public BackendException failure() {
        return failure;
    }

    /** The failure for a caller who cannot find out: it says so. */
    public BackendException unresolved() {
        return PostgresFailures.unknown(failure);
    }
}
