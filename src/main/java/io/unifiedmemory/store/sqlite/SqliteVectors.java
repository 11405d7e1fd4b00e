package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The vectors in the database file. */
final class SqliteVectors implements VectorStore {

    private static final String MODEL = "SELECT EXISTS (SELECT 1 FROM vector_model WHERE name = ?1)";

    /** Those that were replaced, and then those above all that have a vector. */
    private static final String WAITING = """
            SELECT m.id, m.key, m.value FROM memory_vector v CROSS JOIN memory m ON m.id = v.id WHERE v.vector IS NULL
            UNION ALL
            SELECT id, key, value FROM (
                SELECT id, key, value FROM memory
                WHERE id > (SELECT coalesce(max(id), 0) FROM memory_vector) ORDER BY id)
            LIMIT ?1""";

    private static final String ALL = "SELECT id, key, value FROM memory ORDER BY id LIMIT ?1";

    private static final String COUNT = """
            SELECT (SELECT count(*) FROM memory_vector WHERE vector IS NULL)
                + (SELECT count(*) FROM memory WHERE id > (SELECT coalesce(max(id), 0) FROM memory_vector))""";

    /** A memory that was replaced meanwhile gets a row, so that those after it do not hide it. */
    private static final String KEEP = """
            INSERT INTO memory_vector (id, vector)
            SELECT id, CASE WHEN key = ?2 AND value = ?3 THEN ?4 END FROM memory WHERE id = ?1
            ON CONFLICT DO UPDATE SET vector = excluded.vector""";

    private final SqliteDatabase database;

    SqliteVectors(SqliteDatabase database) {
        this.database = database;
    }

    @Override
    public List<Waiting> waiting(String model, int most) {
        return database.read(handle -> handle.snapshot(snapshot -> {
            List<Waiting> waiting = new ArrayList<>();
            try (ResultSet rows = snapshot.query(isOf(snapshot, model) ? WAITING : ALL, most)) {
                while (rows.next()) {
                    waiting.add(new Waiting(rows.getLong(1), rows.getString(2), rows.getString(3)));
                }
            }
            return waiting;
        }));
    }

    @Override
    public long waitingCount(String model) {
        return database.read(handle -> handle.snapshot(
                snapshot -> snapshot.number(isOf(snapshot, model) ? COUNT : "SELECT count(*) FROM memory")));
    }

    @Override
    public void keep(String model, List<Vector> vectors) {
        database.<Boolean>write(tx -> {
            if (!isOf(tx, model)) {
                tx.update("DELETE FROM memory_vector");
                tx.update("DELETE FROM vector_model");
                tx.update("INSERT INTO vector_model (name) VALUES (?1)", model);
            }
            for (Vector vector : vectors) {
                Waiting of = vector.of();
                tx.update(KEEP, of.id(), of.key(), of.value(), vector.bytes());
            }
            return true;
        });
    }

    /** How far the vectors are, to be read behind other news; empty where none were ever made. */
    String progress() {
        return database.read(handle -> handle.snapshot(snapshot -> {
            try (ResultSet name = snapshot.query("SELECT name FROM vector_model")) {
                if (!name.next()) {
                    return "";
                }
                String model = name.getString(1);
                long waiting = snapshot.number(COUNT);
                return ", meanings by " + model + (waiting == 0 ? "" : ", which " + waiting + " memories wait for");
            }
        }));
    }

    /** Whether the vectors are of the model. */
    static boolean isOf(Handle handle, String model) throws SQLException {
        return handle.number(MODEL, model) > 0;
    }
}
