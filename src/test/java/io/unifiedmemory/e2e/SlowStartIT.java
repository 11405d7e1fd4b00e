package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upstream that takes longer to start than a call may take, as one that npx downloads first. */
class SlowStartIT {

    private static final int CALL_MILLIS = 4_000;

    @TempDir
    private Path folder;

    @Test
    void aCommandWaitsForItToStartBeforeTheTimeOfItsCallCounts() {
        Home home = new Home(folder);
        Launch launch = home.withUpstream(
                "sh",
                List.of(
                        "-c",
                        "sleep 6; exec node \"$0\"",
                        NodePackages.referenceServer().toString()),
                CALL_MILLIS);

        Launch.Finished check = run(launch, "check");
        assertThat(check.exitCode()).as(check.stdout() + check.stderr()).isZero();
        assertThat(check.stdout()).contains("ok       " + Home.UPSTREAM);
        assertThat(check.stderr()).contains("waiting for " + Home.UPSTREAM + " to start");

        Launch.Finished stored =
                run(launch, "call", "store", "{\"user_id\": \"me\", \"key\": \"tea\", \"value\": \"green\"}");
        assertThat(stored.stdout()).contains("\"replicated\"");

        Launch.Finished reconciled = run(launch, "reconcile");
        assertThat(reconciled.exitCode()).as(reconciled.stdout()).isZero();
    }

    @Test
    void aServerSaysThatItIsStillStarting() {
        Launch launch = new Home(folder).withUpstream("sleep", List.of("600"), 500);
        try (McpProcess server = launch.start()) {
            server.initialize();
            assertThat(server.ask("store", Map.of("user_id", "me", "key", "tea", "value", "green"))
                            .at("/problems/" + Home.UPSTREAM)
                            .asString())
                    .contains("is still starting (0 s of at most 30)")
                    .doesNotContain("unknown");
        }
    }

    private static Launch.Finished run(Launch launch, String... arguments) {
        List<String> command = new ArrayList<>(launch.command());
        command.addAll(List.of(arguments));
        return Launch.of(Path.of(command.remove(0)), command.toArray(String[]::new))
                .run();
    }
}
