package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The official TypeScript client drives the jar with the reference server upstream; then both stores are read behind
 * everybody's back: the upstream's own file, and SQLite with its own shell.
 */
class SdkClientIT {

    private static final Path SQLITE_SHELL = Path.of("/usr/bin/sqlite3");

    @TempDir
    private Path folder;

    @Test
    void whatTheClientStoredIsInSqliteAndInTheUpstream() throws IOException {
        Home home = new Home(folder);
        List<String> command = home.withReference(30_000).command();
        Map<String, Object> target =
                Map.of("command", command.get(0), "args", command.subList(1, command.size()), "env", Map.of());
        Launch.Finished client = Launch.of(
                        Path.of("node"), NodePackages.script("sdk-client.mjs").toString(), Json.write(target))
                .run();
        assertThat(client.exitCode()).as(client.stdout() + client.stderr()).isZero();

        assertThat(Files.readAllLines(home.graph()).stream().map(Json.mapper()::readTree))
                .as("the reference server's file")
                .anySatisfy(entity -> assertThat(entity.toString()).contains("the answer is 42"))
                .anySatisfy(entity -> assertThat(entity.toString()).contains("Error: looks like a failure, is none"))
                .noneSatisfy(entity -> assertThat(entity.toString()).contains("gone soon"));

        String inSqlite = sqlite(home.database(), "SELECT user_id, key, value FROM memory");
        JsonNode rows = Json.mapper().readTree(inSqlite);
        assertThat(rows)
                .anySatisfy(row -> {
                    assertThat(row.path("user_id").asString()).isEqualTo("Zoë 佐藤");
                    assertThat(row.path("key").asString()).isEqualTo("plain");
                    assertThat(row.path("value").asString()).isEqualTo("the answer is 42");
                })
                .noneSatisfy(row -> assertThat(row.path("value").asString()).contains("gone soon"));
    }

    private static String sqlite(Path database, String query) {
        assertThat(SQLITE_SHELL)
                .as("the SQLite shell: install the Debian package sqlite3")
                .exists();
        Launch.Finished shell = Launch.of(SQLITE_SHELL, "-readonly", "-json", database.toString(), query)
                .run();
        assertThat(shell.exitCode()).as(shell.stderr()).isZero();
        return shell.stdout();
    }
}
