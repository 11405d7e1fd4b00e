package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.postgres.PostgresDatabase;
import io.unifiedmemory.harness.postgres.PostgresProxy;
import io.unifiedmemory.harness.postgres.PostgresServer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The server on PostgreSQL, whose connections break. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PostgresIT {

    private PostgresDatabase database;
    private PostgresProxy proxy;

    @BeforeEach
    void begin() {
        database = PostgresServer.shared().createDatabase();
        proxy = new PostgresProxy(database.port());
    }

    @AfterEach
    void end() {
        proxy.close();
        PostgresServer.shared().drop(database);
    }

    @Test
    void brokenConnectionsAreNoticedByNobodyAndALostDatabaseIsToldInOneLine() {
        try (McpProcess server = Launch.jar(
                        "--db", database.through(proxy.port()).address())
                .env("PGPASSWORD", database.password())
                .env("UNIFIED_MEMORY_POSTGRES_ALLOW_WEAK", "true")
                .start()) {
            server.initialize();
            server.ask("store", Map.of("user_id", "u", "key", "tea", "value", "green"));
            proxy.cut();
            server.ask("store", Map.of("user_id", "u", "key", "cup", "value", "blue"));
            proxy.cut();
            JsonNode found = server.ask("search", Map.of("user_id", "u", "query", "green"));
            assertThat(found.at("/results/0/key").asString()).isEqualTo("tea");

            proxy.refuse();
            proxy.cut();
            JsonNode failed = server.call("retrieve", Map.of("user_id", "u", "key", "tea"));
            assertThat(failed.path("isError").asBoolean()).isTrue();
            assertThat(failed.toString()).contains("the database").doesNotContain(database.password());

            proxy.restore();
            server.askUntil(
                    "health",
                    Map.of(),
                    health -> health.at("/status").asString().equals("ok"));
            JsonNode held = server.ask("retrieve", Map.of("user_id", "u", "key", "cup"));
            assertThat(held.at("/entry/value").asString()).isEqualTo("blue");

            server.closeInput();
            assertThat(server.exitCode()).isZero();
            assertThat(server.stderr())
                    .doesNotContain("Exception", "\tat ", "WARNING", database.password())
                    .contains("postgresql fails: ");
        }
    }
}
