package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The vectors in the database file. Thread-safe. */
final class SqliteVectors implements VectorStore {

    /** No model has it. */
    static final long NONE = -1;

    /** Vectors that are removed in one transaction: others wait for it. */
    private static final int FORGOTTEN_AT_ONCE = 1_000;

    private static final String MODEL = "SELECT coalesce((SELECT id FROM vector_model WHERE name = ?1), " + NONE + ")";

    private static final String IS_NOTED =
            "SELECT EXISTS (SELECT 1 FROM vector_model WHERE name = ?1 AND used_at > ?2)";

    private static final String NOTE = "INSERT INTO vector_model (name, used_at) VALUES (?1, ?2)"
            + " ON CONFLICT (name) DO UPDATE SET used_at = max(used_at, excluded.used_at)";

    /** Above this id no memory has a vector of the model. */
    private static final String HIGHEST = "(SELECT coalesce(max(id), 0) FROM memory_vector WHERE model = ?1)";

    /** Those that were replaced, and then those above all that have a vector. */
    private static final String WAITING = "SELECT m.user_id, m.id, m.key, m.value"
            + " FROM memory_vector v CROSS JOIN memory m ON m.id = v.id WHERE v.model = ?1 AND v.vector IS NULL"
            + " UNION ALL SELECT user_id, id, key, value FROM ("
            + "SELECT user_id, id, key, value FROM memory WHERE id > " + HIGHEST + " ORDER BY id) LIMIT ?2";

    private static final String COUNT =
            "SELECT (SELECT count(*) FROM memory_vector WHERE model = ?1 AND vector IS NULL)"
                    + " + (SELECT count(*) FROM memory WHERE id > " + HIGHEST + ")";

    /** A memory that was replaced meanwhile gets a row, so that those after it do not hide it. */
    private static final String KEEP = """
            INSERT INTO memory_vector (model, id, vector)
            SELECT ?1, id, CASE WHEN key = ?3 AND value = ?4 THEN ?5 END FROM memory WHERE id = ?2
            ON CONFLICT DO UPDATE SET vector = excluded.vector""";

    /** The highest first: when it is cut off, what has no vector is above those that have one, and waits. */
    static final String FORGET = """
            DELETE FROM memory_vector WHERE model = ?1
                AND id IN (SELECT id FROM memory_vector WHERE model = ?1 ORDER BY id DESC LIMIT ?2)""";

    private final SqliteDatabase database;

    SqliteVectors(SqliteDatabase database) {
        this.database = database;
    }

    @Override
    public void use(String model, Instant now) {
        long noted = now.minus(NOTED).toEpochMilli();
        if (database.<Long>read(handle -> handle.number(IS_NOTED, model, noted)) > 0) {
            return;
        }
        database.write(tx -> tx.update(NOTE, model, now.toEpochMilli()));
        for (String unused : unusedSince(now.minus(KEPT_UNUSED))) {
            forget(unused);
        }
    }

    private List<String> unusedSince(Instant time) {
        return database.read(handle -> {
            List<String> names = new ArrayList<>();
            try (ResultSet rows =
                    handle.query("SELECT name FROM vector_model WHERE used_at < ?1", time.toEpochMilli())) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            return names;
        });
    }

    @Override
    public List<Waiting> waiting(String model, int most) {
        return database.read(handle -> handle.snapshot(snapshot -> {
            List<Waiting> waiting = new ArrayList<>();
            try (ResultSet rows = snapshot.query(WAITING, number(snapshot, model), most)) {
                while (rows.next()) {
                    waiting.add(new Waiting(rows.getString(1), rows.getLong(2), rows.getString(3), rows.getString(4)));
                }
            }
            return waiting;
        }));
    }

    @Override
    public long waitingCount(String model) {
        return database.<Long>read(
                handle -> handle.snapshot(snapshot -> snapshot.number(COUNT, number(snapshot, model))));
    }

    @Override
    public void keep(String model, List<Vector> vectors) {
        database.<Boolean>write(tx -> {
            long number = number(tx, model);
            for (Vector vector : number == NONE ? List.<Vector>of() : vectors) {
                Waiting of = vector.of();
                tx.update(KEEP, number, of.id(), of.key(), of.value(), vector.bytes());
            }
            return true;
        });
    }

    @Override
    public void forget(String model) {
        boolean more = true;
        while (more) {
            more = database.<Boolean>write(tx -> {
                boolean some = tx.update(FORGET, number(tx, model), FORGOTTEN_AT_ONCE) > 0;
                if (!some) {
                    tx.update("DELETE FROM vector_model WHERE name = ?1", model);
                }
                return some;
            });
        }
    }

    /** How far the vectors are, to be read behind other news; empty where no model is used. */
    String progress() {
        return database.read(handle -> handle.snapshot(snapshot -> {
            StringBuilder progress = new StringBuilder();
            try (ResultSet models = snapshot.query("SELECT id, name FROM vector_model ORDER BY id")) {
                while (models.next()) {
                    long waiting = snapshot.number(COUNT, models.getLong(1));
                    progress.append(", meanings by ")
                            .append(models.getString(2))
                            .append(waiting == 0 ? "" : ", which " + waiting + " memories wait for");
                }
            }
            return progress.toString();
        }));
    }

    /** What the file calls a model; {@link #NONE} when the model is not in use. */
    static long number(Handle handle, String model) throws SQLException {
        return handle.number(MODEL, model);
    }
}
