package io.unifiedmemory.store.sqlite;

import java.sql.SQLException;

/** Carries a failure of SQL through work that knows nothing of SQL, to the transaction that runs it. */
final class SqlFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final SQLException failure;

    SqlFailure(SQLException failure) {
        super(failure);
        this.failure = failure;
    }

    SQLException failure() {
        return failure;
    }
}
