package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A backup that is put back while the upstream has gone on, by a person who runs {@code backup} and {@code cp}. */
class RestoreIT {

    @TempDir
    private Path folder;

    @Test
    void whatTheUpstreamKnowsIsReadAtOnceAndTakenOver() throws Exception {
        Home home = new Home(folder);
        List<String> shared = new ArrayList<>(
                Launch.jar("--db", folder.resolve("shared.db").toString()).command());
        Launch launch = home.withUpstream(shared.remove(0), shared, 30_000);
        Path copy = folder.resolve("backup.db");
        try (McpProcess server = launch.start()) {
            server.initialize();
            server.ask("store", memory("tea", "old tea"));
            server.ask("store", memory("doomed", "doomed tea"));
            server.ask("reconcile", Map.of());
            Launch.Finished backup = Launch.jar(
                            "backup", copy.toString(), "--db", home.database().toString())
                    .run();
            assertThat(backup.exitCode()).as(backup.stderr()).isZero();
            server.ask("store", memory("tea", "new tea"));
            server.ask("store", memory("added", "added tea"));
            server.ask("delete", Map.of("user_id", "zoë", "key", "doomed"));
        }
        for (String suffix : List.of("-wal", "-shm")) {
            Files.deleteIfExists(home.database().resolveSibling(home.database().getFileName() + suffix));
        }
        Files.write(home.database(), Files.readAllBytes(copy)); // as cp does, into the same file

        try (McpProcess server = launch.start()) {
            server.initialize();
            JsonNode read = server.ask("retrieve", Map.of("user_id", "zoë", "key", "tea"));
            assertThat(read.at("/entry/value").asString().equals("new tea")
                            || !read.path("complete").asBoolean())
                    .as(read.toString())
                    .isTrue();
            JsonNode all = server.askUntil(
                    "get_all",
                    Map.of("user_id", "zoë"),
                    answer -> answer.path("complete").asBoolean());
            assertThat(all.toString()).contains("new tea", "added tea").doesNotContain("old tea", "doomed tea");
        }
        Launch.Finished alone = Launch.jar(
                        "call",
                        "get_all",
                        "{\"user_id\":\"zoë\"}",
                        "--db",
                        home.database().toString())
                .run();
        assertThat(alone.stdout()).contains("new tea", "added tea").doesNotContain("old tea", "doomed tea");
    }

    private static Map<String, Object> memory(String key, String value) {
        return Map.of("user_id", "zoë", "key", key, "value", value);
    }
}
