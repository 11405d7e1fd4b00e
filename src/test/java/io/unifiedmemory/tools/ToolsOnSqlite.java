package io.unifiedmemory.tools;

import io.unifiedmemory.unified.UnifiedMemory;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The tools over a memory in an empty database file. */
abstract class ToolsOnSqlite<C extends Clock> {

    @TempDir
    Path folder;

    /** The clock of the core and of the tools. */
    final C clock;

    UnifiedMemory memory = ToolBoxes.emptyMemory();
    ToolBox tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());

    ToolsOnSqlite(C clock) {
        this.clock = clock;
    }

    @BeforeEach
    void open() {
        open(ToolBoxes.onSqlite(folder));
    }

    /** Goes on with another memory. */
    void open(UnifiedMemory.Builder next) {
        memory.close();
        memory = next.clock(clock).build();
        tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, clock);
    }

    @AfterEach
    void close() {
        memory.close();
    }
}
