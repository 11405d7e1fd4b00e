package io.unifiedmemory.tools;

import io.unifiedmemory.sqlite.SqliteBackend;
import io.unifiedmemory.sqlite.SqliteDatabase;
import io.unifiedmemory.sqlite.SqliteOptions;
import io.unifiedmemory.sqlite.SqliteOutbox;
import io.unifiedmemory.unified.SlotOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import java.nio.file.Path;
import java.time.Clock;

/** What the tests of the tools work on. */
final class ToolBoxes {

    private ToolBoxes() {}

    /** A memory of no backend, for the time before a test has its own. */
    static UnifiedMemory emptyMemory() {
        return UnifiedMemory.builder()
                .outbox(new SqliteOutbox(new SqliteDatabase(SqliteOptions.of(Path.of("unused"))), Clock.systemUTC()))
                .build();
    }

    /** A memory in a file of this folder, to be added to. */
    static UnifiedMemory.Builder onSqlite(Path folder) {
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        return UnifiedMemory.builder()
                .outbox(new SqliteOutbox(database, Clock.systemUTC()))
                .local("sqlite", new SqliteBackend(database), SlotOptions.LOCAL);
    }

    static ToolBox of(UnifiedMemory memory, ToolOptions options, Clock clock) {
        return new ToolBox(memory, options, clock, "1", () -> new DatabaseFile("", 0));
    }
}
