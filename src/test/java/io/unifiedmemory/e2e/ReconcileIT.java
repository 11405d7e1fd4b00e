package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Comparing both sides, as a client asks for it and as a person does. */
class ReconcileIT {

    @TempDir
    private Path folder;

    @Test
    void whatTheUpstreamLacksIsSentAndTheClientHearsHowFarItIs() {
        Home home = new Home(folder);
        try (McpProcess server = home.local().start()) {
            server.initialize();
            for (String user : List.of("anna", "ben", "cleo")) {
                server.ask("store", Map.of("user_id", user, "key", "tea", "value", "green"));
            }
        }
        Launch launch = home.withReference(30_000);
        Launch.Finished dryRun = run(launch, "reconcile", "--dry-run");
        assertThat(dryRun.exitCode()).as(dryRun.stderr()).isZero();
        assertThat(dryRun.stdout()).contains("3 would be sent there");
        assertThat(dryRun.stderr()).contains("memories compared, now " + Home.UPSTREAM + ": anna");

        try (McpProcess server = launch.start()) {
            server.initialize();
            server.sendRequest(
                    "mend",
                    "tools/call",
                    Map.of("name", "reconcile", "arguments", Map.of(), "_meta", Map.of("progressToken", "how far")));
            List<Long> progress = new ArrayList<>();
            JsonNode message = server.next();
            while (!message.path("id").asString("").equals("mend")) {
                assertThat(message.path("method").asString()).isEqualTo("notifications/progress");
                assertThat(message.at("/params/progressToken").asString()).isEqualTo("how far");
                assertThat(message.at("/params/message").asString()).contains("compared, now " + Home.UPSTREAM);
                progress.add(message.at("/params/progress").asLong());
                message = server.next();
            }
            assertThat(progress).containsExactly(1L, 2L, 3L);
            assertThat(message.at("/result/structuredContent/complete").asBoolean())
                    .as(message.toString())
                    .isTrue();
            JsonNode health = server.askUntil(
                    "health",
                    Map.of(),
                    answer ->
                            answer.at("/backends/" + Home.UPSTREAM + "/pending").asInt(-1) == 0);
            assertThat(health.at("/backends/" + Home.UPSTREAM + "/last_confirmed_at")
                            .asString(""))
                    .as(health.toString())
                    .endsWith("Z");
            assertThat(server.ask("reconcile", Map.of("dry_run", true))
                            .at("/backends/" + Home.UPSTREAM + "/drift")
                            .asInt())
                    .isZero();
        }
    }

    private static Launch.Finished run(Launch launch, String... arguments) {
        List<String> command = new ArrayList<>(launch.command());
        command.addAll(List.of(arguments));
        return Launch.of(Path.of(command.remove(0)), command.toArray(String[]::new))
                .run();
    }
}
