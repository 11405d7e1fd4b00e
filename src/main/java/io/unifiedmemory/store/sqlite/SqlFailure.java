package io.unifiedmemory.store.sqlite;

import java.sql.SQLException;

/** Carries an SQL failure through work that knows nothing of SQL, to the transaction that runs the work. */
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
