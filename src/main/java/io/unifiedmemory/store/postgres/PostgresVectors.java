package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Session;
import io.unifiedmemory.store.postgres.db.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The vectors in the database. Thread-safe. */
final class PostgresVectors implements VectorStore {

    /** Users that are looked at for memories that wait: it costs some milliseconds, however many there are. */
    private static final int USERS_LOOKED_AT = 10_000;

    /** Users whose memories are read at a time. */
    private static final int USERS_AT_ONCE = 16;

    /** Users whose vectors are removed in one transaction. */
    private static final int USERS_FORGOTTEN_AT_ONCE = 100;

    private static final UUID FIRST = new UUID(0, 0);

    private final PostgresDatabase database;

    /** The user behind whom the next look begins. */
    private volatile UUID lookedAt = FIRST;

    PostgresVectors(PostgresDatabase database) {
        this.database = database;
    }

    @Override
    public void use(String model, Instant now) {
        long noted = now.minus(NOTED).toEpochMilli();
        if (database.run(VectorTable.use(model, now.toEpochMilli(), noted)).changed() == 0) {
            return;
        }
        long unused = now.minus(KEPT_UNUSED).toEpochMilli();
        for (Row row : database.run(VectorTable.unusedSince(unused)).rows()) {
            forget(row.text(1));
        }
    }

    @Override
    public List<Waiting> waiting(String model, int most) {
        UUID after = lookedAt;
        List<Result> results = database.run(List.of(
                VectorTable.replaced(model, most),
                VectorTable.behind(model, after, USERS_LOOKED_AT, USERS_AT_ONCE),
                VectorTable.endOfPart(after, USERS_LOOKED_AT)));
        List<Waiting> waiting = new ArrayList<>();
        for (Row row : results.get(0).rows()) {
            waiting.add(new Waiting(row.text(1), row.number(2), row.text(3), row.text(4)));
        }
        List<Row> behind = results.get(1).rows();
        List<Row> end = results.get(2).rows();
        if (!behind.isEmpty() && waiting.size() < most) {
            addNext(behind, most, waiting);
        } else if (behind.isEmpty()) {
            lookedAt = end.isEmpty() ? FIRST : end.get(0).uuid(1);
        }
        return waiting;
    }

    private void addNext(List<Row> behind, int most, List<Waiting> waiting) {
        int ofEach = Math.max(1, most / behind.size());
        List<Sql> reads = behind.stream()
                .map(row -> VectorTable.next(row.uuid(1), row.number(3), ofEach))
                .toList();
        List<Result> next = database.run(reads);
        for (int i = 0; i < behind.size(); i++) {
            String userId = behind.get(i).text(2);
            for (Row row : next.get(i).rows()) {
                if (waiting.size() == most) {
                    return;
                }
                waiting.add(new Waiting(userId, row.number(1), row.text(2), row.text(3)));
            }
        }
    }

    @Override
    public long waitingCount(String model) {
        return database.run(VectorTable.count(model)).number();
    }

    @Override
    public void keep(String model, List<Vector> vectors) {
        Map<String, List<Vector>> byUser = new LinkedHashMap<>();
        for (Vector vector : vectors) {
            byUser.computeIfAbsent(vector.of().userId(), user -> new ArrayList<>())
                    .add(vector);
        }
        byUser.forEach(
                (user, ofUser) -> database.<Boolean>run(session -> keep(session, model, Owners.of(user), ofUser)));
    }

    private static boolean keep(Session session, String model, UUID owner, List<Vector> vectors) throws SQLException {
        List<Result> found = session.begin(AccountTable.lock(owner), VectorTable.model(model));
        List<Sql> changes = new ArrayList<>();
        if (!found.get(1).rows().isEmpty()) {
            long done = 0;
            for (Vector vector : vectors) {
                changes.add(VectorTable.keep(model, vector));
                done = Math.max(done, vector.of().id());
            }
            changes.add(VectorTable.done(owner, model, done));
        }
        session.commit(changes);
        return true;
    }

    /** Each of the users whose vectors were found is looked at. */
    @Override
    public void forget(String model) {
        database.run(VectorTable.removeModel(model));
        UUID after = FIRST;
        while (true) {
            database.run(VectorTable.removePart(model, after, USERS_FORGOTTEN_AT_ONCE));
            List<Row> end = database.run(VectorTable.endOfPart(after, USERS_FORGOTTEN_AT_ONCE))
                    .rows();
            if (end.isEmpty()) {
                return;
            }
            after = end.get(0).uuid(1);
        }
    }
}
