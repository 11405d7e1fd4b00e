package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What one machine stored, another with an empty database finds through the upstream that both share, to the letter.
 */
class SharedUpstreamIT {

    private static final String TEXT =
            "Grüße 世界 👩🏽‍🚀 \"q\" \\ \r\n second line\ttab \u0000 nul \u2028 مرحبا  trailing spaces  ";
    private static final Map<String, Object> METADATA =
            Map.of("tags", List.of("a", "ü"), "nested", Map.of("n", 1.5, "yes", true));

    @TempDir
    private Path folder;

    @TempDir
    private Path otherFolder;

    @Test
    void throughTheReferenceServer() {
        Home home = new Home(folder);
        Home other = new Home(otherFolder);
        Launch theirs = other.withUpstream(
                "env",
                List.of(
                        "MEMORY_FILE_PATH=" + home.graph(),
                        "node",
                        NodePackages.referenceServer().toString()),
                30_000);
        assertShared(home.withReference(30_000), theirs);
    }

    @Test
    void throughAnotherInstanceOfOurselves() {
        Launch ours = withOurselves(new Home(folder));
        assertShared(ours, withOurselves(new Home(otherFolder)));
        try (McpProcess first = ours.start()) {
            first.initialize();
            first.ask("reconcile", Map.of());
            first.askUntil(
                    "retrieve", key("doomed"), answer -> !answer.path("found").asBoolean());
            assertThat(first.ask("get_all", Map.of("user_id", "zoë"))
                            .path("total")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    void ourOwnDatabaseIsNoSecondCopy() {
        Home home = new Home(folder);
        List<String> same =
                new ArrayList<>(Launch.jar("--db", home.database().toString()).command());
        try (McpProcess server = home.withUpstream(same.remove(0), same, 30_000).start()) {
            server.initialize();
            JsonNode stored = server.ask("store", memory("key", "value"));
            assertThat(stored.path("durability").asString())
                    .as(stored.toString())
                    .isEqualTo("queued");
            assertThat(server.ask("health", Map.of())
                            .at("/backends/" + Home.UPSTREAM + "/detail")
                            .asString())
                    .contains("no second copy", "--db");
        }
    }

    /** Both sides start an instance of their own on the same database: two servers of one team memory. */
    private Launch withOurselves(Home home) {
        List<String> shared = new ArrayList<>(
                Launch.jar("--db", folder.resolve("shared.db").toString()).command());
        return home.withUpstream(shared.remove(0), shared, 30_000);
    }

    private static void assertShared(Launch ours, Launch theirs) {
        String large = "ü".repeat(512 * 1024);
        JsonNode stored;
        try (McpProcess first = ours.start()) {
            first.initialize();
            first.askUntil(
                    "health",
                    Map.of(),
                    health -> health.path("status").asString().equals("ok"));
            assertReplicated(first.ask("store", memory("Kurz/キー 🗝️", TEXT)));
            assertReplicated(first.ask("store", memory("large", large)));
            assertReplicated(first.ask("store", memory("doomed", "gone soon")));
            stored = first.ask("retrieve", key("Kurz/キー 🗝️")).path("entry");
        }
        assertThat(stored.path("value").asString()).isEqualTo(TEXT);
        try (McpProcess second = theirs.start()) {
            second.initialize();
            second.askUntil(
                    "health",
                    Map.of(),
                    health -> health.path("status").asString().equals("ok"));
            JsonNode found = second.ask("retrieve", key("Kurz/キー 🗝️"));
            assertThat(found.path("source").asString()).isEqualTo(Home.UPSTREAM);
            assertThat(found.path("entry")).isEqualTo(stored);
            assertThat(inParts(second, "large")).isEqualTo(large);
            assertThat(second.ask("search", Map.of("user_id", "zoë", "query", "世界"))
                            .at("/results/0/key")
                            .asString())
                    .isEqualTo("Kurz/キー 🗝️");

            assertThat(second.ask("delete", key("doomed")).path("deleted").asBoolean())
                    .isTrue();
            assertThat(second.ask("retrieve", key("doomed")).path("found").asBoolean())
                    .isFalse();
            assertThat(second.ask("get_all", Map.of("user_id", "zoë"))
                            .path("total")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    /** A long text, which no single reply holds. */
    private static String inParts(McpProcess server, String key) {
        StringBuilder text = new StringBuilder();
        Map<String, Object> arguments = key(key);
        while (arguments != null) {
            JsonNode reply = server.ask("retrieve", arguments);
            text.append(reply.at("/entry/value").asString());
            JsonNode next = reply.path("next_offset");
            arguments = next.isMissingNode() ? null : Map.of("user_id", "zoë", "key", key, "offset", next.asInt());
        }
        return text.toString();
    }

    private static void assertReplicated(JsonNode stored) {
        assertThat(stored.path("durability").asString()).as(stored.toString()).isEqualTo("replicated");
    }

    private static Map<String, Object> key(String key) {
        return Map.of("user_id", "zoë", "key", key);
    }

    private static Map<String, Object> memory(String key, String value) {
        return Map.of("user_id", "zoë", "key", key, "value", value, "metadata", METADATA);
    }
}
