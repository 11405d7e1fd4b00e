package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.unified.UnifiedMemory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthToolTest {

    @TempDir
    private Path folder;

    @Test
    void aDatabaseIsNamedByItsFileOrByItsServer() {
        Path file = folder.resolve("memory.db");
        assertThat(database(DatabaseInfo.ofFile(file, 7, null)))
                .isEqualTo(Map.of("path", file.toString(), "bytes", 7L));
        assertThat(database(DatabaseInfo.ofFile(file, 7, 9L)))
                .isEqualTo(Map.of("path", file.toString(), "bytes", 7L, "free_bytes", 9L));
        assertThat(database(DatabaseInfo.ofServer("postgresql://h/d", null, null, null)))
                .as("a server that has not answered yet")
                .isEqualTo(Map.of("url", "postgresql://h/d"));
        assertThat(database(DatabaseInfo.ofServer("postgresql://h/d", "PostgreSQL 18.0", "a quorum", 7L)))
                .isEqualTo(Map.of(
                        "url", "postgresql://h/d",
                        "server", "PostgreSQL 18.0",
                        "acknowledged", "a quorum",
                        "bytes", 7L));
    }

    private @Nullable Object database(DatabaseInfo info) {
        try (UnifiedMemory memory = ToolBoxes.onSqlite(folder).build()) {
            ToolBox tools = new ToolBox(memory, ToolOptions.DEFAULT, Clock.systemUTC(), "1", () -> info, () -> null);
            return tools.call("health", new ToolCall(Map.of(), Map.of(), Principal.LOCAL))
                    .structured()
                    .get("database");
        }
    }
}
