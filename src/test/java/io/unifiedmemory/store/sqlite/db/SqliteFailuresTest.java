package io.unifiedmemory.store.sqlite.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a person is told where the surroundings cannot do what SQLite needs, which a test cannot have everywhere. */
class SqliteFailuresTest {

    private static final Path FILE = Path.of("memory.db");

    @Test
    void aFileSystemWithoutSharedMemoryIsNamedWithTheOptionThatHelps() {
        SQLException e = new SQLiteException("disk I/O error", SQLiteErrorCode.SQLITE_IOERR_SHMMAP);

        assertThat(SqliteFailures.of(e, FILE).describe()).contains("cannot share memory", "UNIFIED_MEMORY_DB");
    }

    @Test
    void aLibraryThatCannotBeLoadedIsNamedWithTheOptionThatHelps() {
        SQLException e = new SQLException("Error opening connection", new NativeLibraryNotFoundException("none"));

        assertThat(SqliteFailures.of(e, FILE).describe()).contains("native library", "noexec", "UNIFIED_MEMORY_CACHE");
    }
}
