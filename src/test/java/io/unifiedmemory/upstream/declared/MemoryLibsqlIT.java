package io.unifiedmemory.upstream.declared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.MemoryEntry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code mcp-memory-libsql}. */
class MemoryLibsqlIT extends RealServerContract {

    @Override
    String preset() {
        return "mcp-memory-libsql";
    }

    @Override
    String script() {
        return "node_modules/mcp-memory-libsql/dist/index.js";
    }

    @Override
    Map<String, String> environment() {
        return Map.of("LIBSQL_URL", "file:" + folder.resolve("libsql.db"));
    }

    /** Another process on its file lets it refuse everything for the moment, which is worth another try. */
    @Test
    void aFileThatAnotherProcessWritesToIsBusyAndNotBroken() throws SQLException {
        MemoryEntry before = store("before", "value");
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("libsql.db"));
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");

            assertThatThrownBy(() -> backend().store(memory("key", "value")))
                    .isInstanceOfSatisfying(
                            BackendException.class,
                            failure -> assertThat(failure.kind())
                                    .as(failure.describe())
                                    .isEqualTo(Kind.OVERLOADED));
            statement.execute("COMMIT");
        }

        store("key", "value");
        assertHolds(before);
    }
}
