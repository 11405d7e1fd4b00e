package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.VectorStoreContract;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import java.sql.SQLException;
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
}
