package io.unifiedmemory.store.postgres.db;

import java.util.List;

/**
 * The result of one statement. Immutable.
 *
 * @param changed the number of rows that the statement changed; 0 for a query
 * @param rows the rows that it returned
 */
public record Result(int changed, List<Row> rows) {

    /** The number in the first column of the only row. */
    public long number() {
        return rows.get(0).number(1);
    }
}
