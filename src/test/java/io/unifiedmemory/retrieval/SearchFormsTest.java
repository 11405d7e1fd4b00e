package io.unifiedmemory.retrieval;

import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The forms of search, in a database file. */
class SearchFormsTest extends SearchFormsContract {

    @TempDir
    private Path folder;

    @Override
    PrimaryStore open() {
        return new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db"))));
    }
}
