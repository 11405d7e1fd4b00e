package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is told to end while many calls wait for an upstream that hangs says so in a few lines. */
class EndWithCallsWaitingIT {

    private static final int CALLS = 200;

    @TempDir
    private Path folder;

    @Test
    void theLogStaysShort() throws Exception {
        List<String> shared = new ArrayList<>(
                Launch.jar("--db", folder.resolve("shared.db").toString()).command());
        Launch launch = new Home(folder).withUpstream(shared.remove(0), shared, 20_000);
        try (McpProcess server = launch.start()) {
            server.initialize();
            server.askUntil(
                    "health",
                    Map.of(),
                    health -> health.path("status").asString().equals("ok"));
            List<ProcessHandle> upstream = server.handle().children().toList();
            for (ProcessHandle process : upstream) {
                assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(process.pid()))
                                .start()
                                .waitFor())
                        .isZero();
            }
            for (int i = 0; i < CALLS; i++) {
                server.sendCall(i, "store", Map.of("user_id", "anna", "key", "key " + i, "value", "value"));
            }
            // Its answer says that all before it were read.
            server.request("ping", Map.of());

            server.handle().destroy();
            server.exitCode();
            upstream.forEach(ProcessHandle::destroyForcibly);

            assertThat(server.stderr()).doesNotContain("\tat ");
            assertThat(server.stderr().lines()).hasSizeLessThan(10);
        }
    }
}
