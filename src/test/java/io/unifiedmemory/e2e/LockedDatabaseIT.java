package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server on standard streams while another program keeps the database file locked. */
class LockedDatabaseIT {

    private static final Map<String, Object> NOTHING = Map.of();

    @TempDir
    private Path folder;

    @Test
    void callsThatWaitForTheLockHoldUpNoOthersAndKeepTheirOrder() throws SQLException {
        Home home = new Home(folder);
        try (McpProcess server = Launch.jar("--db", home.database().toString(), "--sqlite-timeout-ms", "120000")
                .start()) {
            server.initialize();
            server.ask("store", memory("anna", "tea", "none"));
            server.ask("store", memory("anna", "milk", "whole"));
            server.ask("store", memory("bob", "tea", "mint"));
            server.askUntil(
                    "search",
                    Map.of("user_id", "bob", "query", "mint"),
                    found -> found.path("results").isArray());
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.database());
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                server.sendCall("store 1", "store", memory("anna", "tea", "Assam"));
                server.sendCall("retrieve 1", "retrieve", Map.of("user_id", "anna", "key", "tea"));
                server.sendCall("store 2", "store", memory("anna", "tea", "Darjeeling"));
                server.sendCall("retrieve 2", "retrieve", Map.of("user_id", "anna", "key", "tea"));
                server.sendCall("list", "get_all", Map.of("user_id", "anna"));
                server.sendCall("search", "search", Map.of("user_id", "anna", "query", "Darjeeling"));
                server.sendCall("delete all", "delete", Map.of("user_id", "anna", "all", true));
                server.sendCall("retrieve 3", "retrieve", Map.of("user_id", "anna", "key", "milk"));

                assertThat(server.request("ping", NOTHING).has("result")).isTrue();
                assertThat(server.request("tools/list", NOTHING)
                                .at("/result/tools")
                                .isEmpty())
                        .isFalse();
                assertThat(server.ask("retrieve", Map.of("user_id", "bob", "key", "tea"))
                                .at("/entry/value")
                                .asString())
                        .isEqualTo("mint");
                assertThat(server.ask("search", Map.of("user_id", "bob", "query", "mint"))
                                .path("results"))
                        .hasSize(1);
                assertThat(server.ask("get_all", Map.of("user_id", "bob"))
                                .path("total")
                                .asInt())
                        .isEqualTo(1);
                List<String> ordered = List.of("store ", "retrieve ", "delete all", "list", "search");
                assertThat(server.lines())
                        .noneMatch(line -> ordered.stream().anyMatch(id -> line.contains("\"id\":\"" + id)));
                statement.execute("ROLLBACK");
            }
            assertThat(content(server, "store 1").path("stored").asBoolean()).isTrue();
            assertThat(content(server, "retrieve 1").at("/entry/value").asString())
                    .isEqualTo("Assam");
            assertThat(content(server, "retrieve 2").at("/entry/value").asString())
                    .isEqualTo("Darjeeling");
            assertThat(content(server, "list").at("/memories/tea").asString()).isEqualTo("Darjeeling");
            assertThat(content(server, "search").at("/results/0/key").asString())
                    .isEqualTo("tea");
            assertThat(content(server, "delete all").path("count").asInt()).isEqualTo(2);
            assertThat(content(server, "retrieve 3").path("found").asBoolean()).isFalse();
        }
    }

    @Test
    void readsGoOnWhileOneWriteAfterTheOtherWaitsInVain() throws SQLException {
        Home home = new Home(folder);
        try (McpProcess server = Launch.jar("--db", home.database().toString(), "--sqlite-timeout-ms", "200")
                .start()) {
            server.initialize();
            server.ask("store", memory("anna", "tea", "none"));
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.database());
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                for (int i = 0; i < 20; i++) {
                    server.sendCall(i, "store", memory("anna", "key-" + i % 5, "in vain"));
                }
                for (int i = 0; i < 20; i++) {
                    assertThat(server.replyTo(i).at("/result/isError").asBoolean())
                            .isTrue();
                    assertThat(server.ask("retrieve", Map.of("user_id", "anna", "key", "tea"))
                                    .at("/entry/value")
                                    .asString())
                            .isEqualTo("none");
                }
                statement.execute("ROLLBACK");
            }
            server.ask("store", memory("anna", "tea", "Assam"));
        }
    }

    @Test
    void aCancelledCallThatWaitsForTheLockChangesNothing() throws SQLException {
        Home home = new Home(folder);
        try (McpProcess server = Launch.jar("--db", home.database().toString(), "--sqlite-timeout-ms", "120000")
                .start()) {
            server.initialize();
            server.ask("store", memory("anna", "tea", "none"));
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.database());
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                server.sendCall("cancelled", "store", memory("anna", "tea", "Assam"));
                server.sendCall("behind", "store", memory("anna", "tea", "Darjeeling"));
                server.sendNotification("notifications/cancelled", Map.of("requestId", "cancelled"));
                server.sendNotification("notifications/cancelled", Map.of("requestId", "behind"));
                assertThat(server.request("ping", NOTHING).has("result")).isTrue();
                // Both have left: what is behind them runs at once.
                assertThat(server.ask("retrieve", Map.of("user_id", "anna", "key", "tea"))
                                .at("/entry/value")
                                .asString())
                        .isEqualTo("none");
                statement.execute("ROLLBACK");
            }
            server.closeInput();
            assertThat(server.exitCode()).isZero();
            assertThat(server.lines()).noneMatch(line -> line.contains("cancelled") || line.contains("behind"));
        }
    }

    private static JsonNode content(McpProcess server, String id) {
        return server.replyTo(id).at("/result/structuredContent");
    }

    private static Map<String, Object> memory(String user, String key, String value) {
        return Map.of("user_id", user, "key", key, "value", value);
    }
}
