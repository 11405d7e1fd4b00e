package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.http.ConformanceServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The MCP project's own conformance suite, without a list of failures that would be expected. */
class ConformanceIT {

    /** Of the features that this server offers. */
    private static final List<String> WITHOUT_FIXTURE = List.of(
            "server-initialize",
            "ping",
            "logging-set-level",
            "tools-list",
            "server-sse-multiple-streams",
            "dns-rebinding-protection");

    @TempDir
    private Path folder;

    @Test
    void theTransportWithTheSuitesFixturesPassesTheWholeSuite() throws IOException {
        try (ConformanceServer server = new ConformanceServer()) {
            Launch.Finished suite = conformance(server.start(), "--suite", "all");
            assertThat(suite.exitCode()).as(suite.stdout() + suite.stderr()).isZero();
            assertThat(suite.stdout()).contains("dns-rebinding-protection: 2 passed", "Total: 43 passed, 0 failed");
        }
    }

    @Test
    void theServerPassesWhatNeedsNoFixture() {
        try (HttpProcess server = HttpProcess.start(folder.resolve("memory.db"))) {
            for (String scenario : WITHOUT_FIXTURE) {
                Launch.Finished run = conformance(server.mcp(), "--scenario", scenario);
                assertThat(run.exitCode()).as(run.stdout() + run.stderr()).isZero();
            }
        }
    }

    private static Launch.Finished conformance(String url, String... which) {
        String[] arguments = new String[which.length + 4];
        arguments[0] = NodePackages.command("conformance").toString();
        arguments[1] = "server";
        arguments[2] = "--url";
        arguments[3] = url;
        System.arraycopy(which, 0, arguments, 4, which.length);
        return Launch.of(NodePackages.node22(), arguments).run();
    }
}
