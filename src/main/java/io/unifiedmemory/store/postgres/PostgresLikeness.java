package io.unifiedmemory.store.postgres;

import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.Likeness;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.VectorCodec;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Session;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Compares a query with the vectors of one user, read in the transaction of a session. */
final class PostgresLikeness implements Likeness<SQLException> {

    private final Session session;
    private final UUID owner;
    private final QueryVector query;

    PostgresLikeness(Session session, UUID owner, QueryVector query) {
        this.session = session;
        this.owner = owner;
        this.query = query;
    }

    @Override
    public double[] of(long[] documents) throws SQLException {
        List<Long> ids =
                Arrays.stream(documents).map(DocumentNumber::id).boxed().toList();
        Map<Long, byte[]> vectors = new HashMap<>();
        if (!ids.isEmpty()) {
            for (Row row : session.run(VectorTable.of(owner, query.model(), ids))
                    .get(0)
                    .rows()) {
                vectors.put(row.number(1), row.bytes(2));
            }
        }
        return Arrays.stream(documents)
                .mapToDouble(document -> {
                    byte[] vector = vectors.get(DocumentNumber.id(document));
                    return vector == null ? Double.NaN : VectorCodec.product(query.values(), vector);
                })
                .toArray();
    }
}
