package io.unifiedmemory.tools;

import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.nio.file.Path;
import java.time.Clock;

/** What the tests of the tools work on. */
final class ToolBoxes {

    private ToolBoxes() {}

    /** A memory of no backend, for the time before a test has its own. */
    static UnifiedMemory emptyMemory() {
        SqliteStore unused = SqliteStore.of(SqliteOptions.of(Path.of("unused")), WaitListener.NONE);
        return UnifiedMemory.builder()
                .primary("sqlite", unused, BackendOptions.LOCAL)
                .build();
    }

    /** A memory in a file of this folder, to be added to. */
    static UnifiedMemory.Builder onSqlite(Path folder) {
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        return UnifiedMemory.builder().primary("sqlite", new SqliteStore(database), BackendOptions.LOCAL);
    }

    static ToolBox of(UnifiedMemory memory, ToolOptions options, Clock clock) {
        return new ToolBox(
                memory, options, clock, "1", () -> DatabaseInfo.ofFile(Path.of("memory.db"), 0, null), () -> null);
    }
}
