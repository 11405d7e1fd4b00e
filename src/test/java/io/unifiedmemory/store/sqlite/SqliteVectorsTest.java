package io.unifiedmemory.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.memory.spi.VectorStore.Vector;
import io.unifiedmemory.memory.spi.VectorStore.Waiting;
import io.unifiedmemory.memory.spi.VectorStoreContract;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, over a real file. */
class SqliteVectorsTest extends VectorStoreContract {

    @TempDir
    Path folder;

    @Override
    protected PrimaryStore open(QueryVectors queries) {
        return SqliteStore.of(SqliteOptions.of(file()), WaitListener.NONE, queries);
    }

    private Path file() {
        return folder.resolve("memory.db");
    }

    @Override
    protected long kept() {
        try {
            return OldFile.rows(file(), "SELECT id FROM memory_vector WHERE vector IS NOT NULL")
                    .size();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatAForgettingThatWasCutOffHasTakenWaitsAgain() throws SQLException {
        for (int i = 0; i < 5; i++) {
            HlcTimestamp version = new HlcTimestamp(i + 1);
            store.store(new MemoryEntry("u", "key " + i, "text", Map.of(), Instant.EPOCH, Instant.EPOCH, version));
        }
        VectorStore vectors = store.vectors();
        vectors.use("cut off", Instant.now());
        vectors.keep(
                "cut off",
                vectors.waiting("cut off", 10).stream()
                        .map(memory -> new Vector(memory, new byte[] {1}))
                        .toList());
        assertThat(vectors.waitingCount("cut off")).isZero();

        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file()))) {
            database.write(tx -> tx.update(SqliteVectors.FORGET, SqliteVectors.number(tx, "cut off"), 2));
        }

        assertThat(vectors.waiting("cut off", 10)).extracting(Waiting::key).containsExactly("key 3", "key 4");
    }
}
