package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.HighWaterMark;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The mark outside of transactions, which counts for every user. Those of transactions stand with their users: one row
 * for all would make the writes of all users follow each other. Thread-safe.
 */
final class PostgresHighWaterMark implements HighWaterMark {

    private final PostgresDatabase database;

    PostgresHighWaterMark(PostgresDatabase database) {
        this.database = database;
    }

    @Override
    public Mark update(UnaryOperator<Mark> change) {
        return database.run(session -> {
            Row row = session.begin(Sql.of("SELECT newest, wall FROM unified_memory.clock WHERE id = 1 FOR UPDATE"))
                    .get(0)
                    .rows()
                    .get(0);
            Mark held = new Mark(new HlcTimestamp(row.number(1)), row.number(2));
            Mark changed = change.apply(held);
            session.commit(changed.equals(held) ? List.of() : List.of(write(changed)));
            return changed;
        });
    }

    static Sql write(Mark mark) {
        return Sql.of(
                "UPDATE unified_memory.clock SET newest = ?, wall = ? WHERE id = 1",
                mark.newest().stamp(),
                mark.wallMillis());
    }
}
