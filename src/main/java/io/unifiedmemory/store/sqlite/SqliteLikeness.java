package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.Likeness;
import io.unifiedmemory.search.meaning.VectorCodec;
import io.unifiedmemory.store.sqlite.db.Handle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/** Compares a query with the vectors in the database file, in one snapshot. */
final class SqliteLikeness implements Likeness<SQLException> {

    private static final String VECTORS = """
            SELECT some.key, v.vector FROM json_each(?1) some
            CROSS JOIN memory_vector v ON v.model = ?2 AND v.id = some.value >> ?3
            WHERE v.vector IS NOT NULL""";

    private final Handle snapshot;
    private final long model;
    private final float[] query;

    /**
     * @param model what the file calls the query's model, see {@link SqliteVectors#number}
     * @param query what it means
     */
    SqliteLikeness(Handle snapshot, long model, float[] query) {
        this.snapshot = snapshot;
        this.model = model;
        this.query = query;
    }

    @Override
    public double[] of(long[] documents) throws SQLException {
        double[] likeness = new double[documents.length];
        Arrays.fill(likeness, Double.NaN);
        try (ResultSet rows = snapshot.query(VECTORS, Arrays.toString(documents), model, DocumentNumber.ID_SHIFT)) {
            while (rows.next()) {
                likeness[rows.getInt(1)] = VectorCodec.product(query, rows.getBytes(2));
            }
        }
        return likeness;
    }
}
