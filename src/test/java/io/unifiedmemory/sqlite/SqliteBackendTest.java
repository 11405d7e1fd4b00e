package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.MemoryBackend;
import io.unifiedmemory.memory.MemoryBackendContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteBackendTest extends MemoryBackendContract {

    @TempDir
    Path folder;

    @Override
    protected MemoryBackend open() {
        return new SqliteBackend(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db"))));
    }
}
