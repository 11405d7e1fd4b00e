package io.unifiedmemory.tools;

import io.unifiedmemory.sqlite.SqliteDatabase;
import io.unifiedmemory.sqlite.SqliteOptions;
import io.unifiedmemory.sqlite.SqliteOutbox;
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

    static ToolBox of(UnifiedMemory memory, ToolOptions options, Clock clock) {
        return new ToolBox(memory, options, clock, "1", () -> new DatabaseFile("", 0));
    }
}
