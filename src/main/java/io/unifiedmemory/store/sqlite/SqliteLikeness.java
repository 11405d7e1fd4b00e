package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.Likeness;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.VectorCodec;
import io.unifiedmemory.store.sqlite.db.Handle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.LongStream;

/** Compares a query with the vectors in the database file, in one snapshot. */
final class SqliteLikeness implements Likeness<SQLException> {

    private static final String VECTORS = """
            SELECT best.key, v.vector FROM json_each(?1) best CROSS JOIN memory_vector v ON v.id = best.value >> ?2
            WHERE v.vector IS NOT NULL""";

    /** From the short keys to the vectors: search_entry has no index by user. */
    private static final String ALL = """
            SELECT e.document FROM memory m CROSS JOIN search_entry e ON e.id = m.id
            CROSS JOIN memory_vector v ON v.id = m.id
            WHERE m.user_id = ?1 AND v.vector IS NOT NULL""";

    private final Handle snapshot;
    private final String userId;
    private final QueryVector query;

    /** @param query of the model whose vectors the file has, see {@link SqliteVectors#isOf} */
    SqliteLikeness(Handle snapshot, String userId, QueryVector query) {
        this.snapshot = snapshot;
        this.userId = userId;
        this.query = query;
    }

    @Override
    public double[] of(long[] documents) throws SQLException {
        double[] likeness = new double[documents.length];
        Arrays.fill(likeness, Double.NaN);
        try (ResultSet rows = snapshot.query(VECTORS, Arrays.toString(documents), DocumentNumber.ID_SHIFT)) {
            while (rows.next()) {
                likeness[rows.getInt(1)] = VectorCodec.product(query.values(), rows.getBytes(2));
            }
        }
        return likeness;
    }

    @Override
    public long[] all() throws SQLException {
        LongStream.Builder documents = LongStream.builder();
        try (ResultSet rows = snapshot.query(ALL, userId)) {
            while (rows.next()) {
                documents.add(rows.getLong(1));
            }
        }
        return documents.build().toArray();
    }
}
