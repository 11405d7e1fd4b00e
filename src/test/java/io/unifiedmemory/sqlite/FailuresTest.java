package io.unifiedmemory.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a person is told where the surroundings cannot do what SQLite needs, which a test cannot have everywhere. */
class FailuresTest {

    private static final Path FILE = Path.of("memory.db");

    @Test
    void aFileSystemWithoutSharedMemoryIsNamedWithTheOptionThatHelps() {
        SQLException e = new SQLiteException("disk I/O error", SQLiteErrorCode.SQLITE_IOERR_SHMMAP);

        assertThat(Failures.of(e, FILE).describe()).contains("cannot share memory", "UNIFIED_MEMORY_DB");
    }

    @Test
    void aLibraryThatCannotBeLoadedIsNamedWithTheOptionThatHelps() {
        SQLException e = new SQLException("Error opening connection", new NativeLibraryNotFoundException("none"));

        assertThat(Failures.of(e, FILE).describe()).contains("native library", "noexec", "UNIFIED_MEMORY_CACHE");
    }
}
